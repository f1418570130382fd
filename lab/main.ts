import { Command } from "commander";
import { addCheckCommand } from "./check/command";
import { addExplainCommand } from "./explain/command";
import { addHintCommand } from "./hint/command";
import { addResetCommands } from "./reset/command";
import { addStatusCommand } from "./status/command";
import { addTopologyCommand } from "./topology/command";

const program = new Command("lab")
    .description("Judge, explain, look at and reset the certificate lab")
    .option("--stack <name>", "default: the selected one");

addCheckCommand(program);
addExplainCommand(program);
addHintCommand(program);
addResetCommands(program);
addStatusCommand(program);
addTopologyCommand(program);

program.parseAsync();
