/** The stack of the test lab; `LAB_TEST_STACK` overrides it. */
export const testStack = process.env.LAB_TEST_STACK ?? "test";
