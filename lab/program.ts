import { Command } from "commander";
import { addAccessCommands } from "./access/command";
import { addExposeCommand } from "./access/expose";
import { addCellsCommand } from "./cell/command";
import { enterCell } from "./cell/enter";
import { addCheckCommand } from "./check/command";
import { addCheckpointCommands } from "./checkpoint/command";
import { addCloneCommand } from "./clone/command";
import { addDoctorCommand } from "./doctor/command";
import { addExplainCommand } from "./explain/command";
import { addHintCommand } from "./hint/command";
import { documentExitCodes, hasDocumentedExitCodes } from "./lib/document-exit-codes";
import { addPowerCommands } from "./power/command";
import { addRecoverCommand } from "./recover/command";
import { addStatusCommand } from "./status/command";
import { addTemplatesCommand } from "./template/command";
import { addTopologyCommand } from "./topology/command";
import { addTryCommand, insideName } from "./try/command";
import { addUpCommand } from "./up/command";

/** Adds commands to the program. */
type AddCommands = (program: Command) => void;

/** The groups of `lab --help`, in their order. */
const groups: Record<string, AddCommands[]> = {
    "Build and remove:": [addDoctorCommand, addUpCommand, addCloneCommand, addRecoverCommand],
    "Stop, save and reset:": [addPowerCommands, addCheckpointCommands, addTemplatesCommand, addCellsCommand],
    "Observe:": [addStatusCommand, addExplainCommand, addTopologyCommand],
    "Log in:": [addAccessCommands, addExposeCommand],
    "Grade and help:": [addCheckCommand, addTryCommand, addHintCommand],
};

/** Commands that contact the machines or libvirt directly, and run where the lab's network is. */
const insideCommands = [
    ...["check", "explain", "hint", "recover", "status"],
    ...["ssh", "exec", "console", "kubectl", "capture"],
    insideName,
];

/** The command line of `lab`. Parsing throws CommanderError instead of ending the process. */
export function labProgram(): Command {
    const program = new Command("lab")
        .description("Work with the certificate lab of a Pulumi stack.")
        .option("--stack <name>", "the stack of the lab (default: the selected one)")
        .exitOverride()
        .hook("preAction", async (program, command) => {
            // lab check --from needs no lab.
            if (insideCommands.includes(command.name()) && command.opts().from === undefined) {
                await enterCell(program.opts().stack);
            }
        });
    for (const [heading, additions] of Object.entries(groups)) {
        program.commandsGroup(heading);
        for (const add of additions) {
            add(program);
        }
    }
    for (const command of program.commands) {
        // The list of commands contains the first line of each description.
        command.summary(command.summary() || (command.description().split("\n")[0] ?? ""));
        if (!hasDocumentedExitCodes(command)) {
            const own: Record<string, string> = command.description().includes("Exit code")
                ? {}
                : { 0: "done", 1: "refused; nothing was changed" };
            documentExitCodes(command, own);
        }
    }
    return program;
}
