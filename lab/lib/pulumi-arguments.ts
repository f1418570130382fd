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
