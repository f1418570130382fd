import { Command } from "commander";
import { addAccessCommands } from "./access/command";
import { addExposeCommand } from "./access/expose";
import { addCellsCommand } from "./cell/command";
import { enterCell } from "./cell/enter";
import { addCheckCommand } from "./check/command";
import { addCheckpointCommands } from "./checkpoint/command";
import { addCloneCommand } from "./clone/command";
import { addExplainCommand } from "./explain/command";
import { addHintCommand } from "./hint/command";
import { addPowerCommands } from "./power/command";
import { addStatusCommand } from "./status/command";
import { addTemplatesCommand } from "./template/command";
import { addTopologyCommand } from "./topology/command";
import { addUpCommand } from "./up/command";

const program = new Command("lab")
    .description("Judge, explain, look at and reset the certificate lab")
    .option("--stack <name>", "default: the selected one");

addUpCommand(program);
addPowerCommands(program);
addCheckpointCommands(program);
addCloneCommand(program);
addCellsCommand(program);
addTemplatesCommand(program);
addCheckCommand(program);
addExplainCommand(program);
addHintCommand(program);
addStatusCommand(program);
addTopologyCommand(program);
addAccessCommands(program);
addExposeCommand(program);

/** Commands that talk to the machines, and so run where their network is. */
const insideCommands = ["check", "explain", "hint", "status", "ssh", "exec", "console", "kubectl", "capture"];

program.hook("preAction", async (_, command) => {
    if (insideCommands.includes(command.name())) {
        await enterCell(program.opts().stack);
    }
});

program.parseAsync();
