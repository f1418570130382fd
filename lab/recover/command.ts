import type { Command } from "commander";
import { documentExitCodes } from "../lib/document-exit-codes";
import { selectedStack } from "../lib/pulumi";
import { UnreachableError } from "../lib/unreachable-error";
import { recoverStack } from "./recover-stack";

/** Adds `lab recover`. */
export function addRecoverCommand(program: Command): void {
    const command = program
        .command("recover")
        .summary("remove the remains of an interrupted update")
        .description(
            "remove the remains of an interrupted update: its lock, its pending operations, and libvirt objects that are " +
                "not in the stack's state\nbin/pulumi does this before each update.",
        )
        .option(
            "--force",
            "also remove a lab with the stack's name that is not in its state, because the state is lost",
        )
        .action(async ({ force }: { force?: boolean }) => {
            const stack: string | undefined = program.opts().stack ?? (await selectedStack());
            if (stack === undefined) {
                throw new UnreachableError("No stack is selected. Select one: pulumi stack select <name>");
            }
            await recoverStack(stack, { force, requested: true });
        });
    documentExitCodes(command, { 0: "done", 1: "refused; nothing was changed" });
}
