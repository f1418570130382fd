/**
 * Starts lab/main.ts. Without npm's compiler, Node.js itself would end with 1, which is the exit code of a lab that is not
 * solved.
 */
try {
    await import("tsx");
    await import("./main.ts");
} catch (error) {
    const [reason] = error.message.split("\n");
    console.error(`lab failed: ${reason.replace(/\.$/, "")}. Install the packages again: make setup`);
    process.exit(4);
}
