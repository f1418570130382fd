/** The command was refused or had no result. `message` states the reason and the remedy; nothing was changed. */
export class RefusedError extends Error {}
