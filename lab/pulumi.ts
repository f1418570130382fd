/**
 * bin/pulumi: Pulumi in the cell of the stack's lab.
 *
 * For a command that works with the lab it enters the stack's cell (lab/cell), starts a stopped lab, and removes the
 * remains of an interrupted update (lab/recover). Every other command is passed to Pulumi unchanged.
 */
import { CellError } from "./cell/cell";
import { isInCell, runAgainInCell, usesCell } from "./cell/enter";
import { openCell, removeIfEmpty } from "./cell/lifetime";
import { selectedStack } from "./lib/pulumi";
import { changesStack, commandOf, stackOfArguments } from "./lib/pulumi-arguments";
import { RefusedError } from "./lib/refused-error";
import { attach } from "./lib/run";
import { withTemporaryFolder } from "./lib/temporary-folder";
import { UnreachableError } from "./lib/unreachable-error";
import { recoverStack } from "./recover/recover-stack";

/** Commands that run the program or contact the hypervisor, https://www.pulumi.com/docs/iac/cli/commands/ */
const labCommands = ["up", "update", "preview", "pre", "refresh", "destroy", "down", "dn", "watch", "import"];

const program = `${process.env.PULUMI_HOME}/bin/pulumi`;

async function main(args: string[]): Promise<number> {
    const command = commandOf(args);
    const stack = labCommands.includes(command) ? (stackOfArguments(args) ?? (await selectedStack())) : undefined;
    if (stack === undefined || args.includes("--help")) {
        return attach(program, args);
    }
    if (!isInCell() && usesCell(stack)) {
        const cell = await openCell(stack, {
            machines: !["destroy", "down", "dn"].includes(command),
            log: (line) => console.error(line),
        });
        try {
            return await runAgainInCell(cell);
        } finally {
            await removeIfEmpty(cell);
        }
    }
    if (changesStack(command)) {
        await recoverStack(stack);
    }
    // The Kubernetes plugin writes the cluster's kubeconfig to a temporary file and leaves it there.
    return withTemporaryFolder("pulumi-", (folder) => attach(program, args, { env: { TMPDIR: folder } }));
}

main(process.argv.slice(2)).then(
    (exitCode) => {
        process.exitCode = exitCode;
    },
    (error: Error) => {
        const isExpected = [CellError, RefusedError, UnreachableError].some((type) => error instanceof type);
        console.error(isExpected ? error.message : error);
        process.exitCode = 1;
    },
);
