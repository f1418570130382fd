/** Commands of Pulumi that change a stack, with their aliases. */
const changing = ["up", "update", "destroy", "down", "dn", "refresh"];

/** Whether a Pulumi command line changes a stack. */
export function changesStack(args: readonly string[]): boolean {
    const command = args.find((argument) => !argument.startsWith("-"));
    return command !== undefined && changing.includes(command);
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
