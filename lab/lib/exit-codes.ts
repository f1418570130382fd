// lab doctor runs this file on Node.js alone: it imports nothing.

/** The command was refused or had no result. */
export const refusedExitCode = 1;

/** The lab, libvirt or Pulumi does not respond, or there is no lab. */
export const unreachableExitCode = 3;

/** The command itself failed: wrong usage, a full disk, a defect. */
export const failureExitCode = 4;
