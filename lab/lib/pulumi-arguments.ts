/** Global flags that take a value, `pulumi --help`. */
const flagsWithValue = [
    "-C",
    "--cwd",
    "--color",
    "--memprofilerate",
    "--otel-traces",
    "--profiling",
    "--tracing",
    "-v",
    "--verbose",
];

/** The command in Pulumi's arguments, for example `up`; empty when there is none. */
export function commandOf(args: readonly string[]): string {
    const index = args.findIndex(
        (argument, place) => !argument.startsWith("-") && !flagsWithValue.includes(args[place - 1] ?? ""),
    );
    return args[index] ?? "";
}

/** Commands that change a stack, with their aliases, https://www.pulumi.com/docs/iac/cli/commands/ */
const changingCommands = ["up", "update", "destroy", "down", "dn", "refresh"];

/** Whether a command of Pulumi changes the stack, so that an interrupted update is cleared before it. */
export function changesStack(command: string): boolean {
    return changingCommands.includes(command);
}

/**
 * The stack that a Pulumi command line names, without organization and project; undefined when it names none.
 *
 * @param args as pflag parses them: `--stack NAME`, `--stack=NAME`, `-s NAME`, `-s=NAME`, `-sNAME`, `-ys NAME`
 */
export function stackOfArguments(args: readonly string[]): string | undefined {
    let name: string | undefined;
    for (const [i, argument] of args.entries()) {
        if (argument === "--") {
            break;
        }
        // Flags without a value may share a dash with -s: -d, -e, -f, -j, -Q, -r, -y.
        const [, long, short] = /^--stack(=.*)?$|^-[defjQry]*s(.*)$/s.exec(argument) ?? [];
        if (long !== undefined || short) {
            name = (long ?? short ?? "").replace(/^=/, "");
        } else if (argument === "--stack" || short === "") {
            name = args[i + 1];
        }
    }
    return name === undefined ? undefined : name.slice(name.lastIndexOf("/") + 1);
}
