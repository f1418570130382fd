import type { Command } from "commander";
import { outside } from "../cell/outside";
import { documentExitCodes } from "../lib/document-exit-codes";
import { ensureStack } from "./create-stack";
import { bringUp } from "./up";

/** Adds `lab up`. */
export function addUpCommand(program: Command): void {
    const command = program
        .command("up")
        .description("build the broken lab: within seconds from a matching template, otherwise with pulumi up")
        .option("--fresh", "build the lab even if a template matches")
        .option("--select", "select the stack")
        .action(({ fresh, select }: { fresh?: boolean; select?: boolean }) => {
            const { stack } = program.opts();
            return outside(stack ?? "dev", async (name, log) => {
                await ensureStack(name, { select });
                return bringUp(name, { fresh, log });
            });
        });
    documentExitCodes(command, { 0: "done", 1: "refused; nothing was changed", other: "the exit code of pulumi up" });
}
