/** The lab cannot be reached or read. `message` states the reason and the remedy, and is shown without a stack trace. */
export class UnreachableError extends Error {}
