import { NotStartedError, run } from "./run";
import { UnreachableError } from "./unreachable-error";

export interface VirshOptions {
    /** Seconds; default 30. */
    timeout?: number;
}

/**
 * Runs virsh(1) with these arguments and returns its standard output, in English and without table headings.
 *
 * @throws UnreachableError with libvirt's message when the command fails or exceeds its timeout
 */
export type Virsh = (args: readonly string[], options?: VirshOptions) => Promise<string>;

/**
 * virsh for one hypervisor.
 *
 * @param uri https://libvirt.org/uri.html
 * @param prefix argument vector that runs virsh elsewhere, for example in a cell's namespaces; default: none
 */
export function virsh(uri: string, prefix: readonly string[] = []): Virsh {
    return async (args, { timeout = 30 } = {}) => {
        const [program = "", ...command] = [...prefix, "virsh", "--quiet", "--connect", uri, ...args];
        const { exitCode, stdout, stderr } = await run(program, command, {
            // virsh translates the names of states.
            env: { LC_ALL: "C" },
            deadline: timeout,
        }).catch((error: unknown) => {
            throw error instanceof NotStartedError
                ? new UnreachableError(`${error.message}. Install it: make setup`)
                : error;
        });
        if (exitCode !== 0) {
            const ending = exitCode === undefined ? `no response within ${timeout} s` : `exit code ${exitCode}`;
            throw new UnreachableError(`virsh ${args.join(" ")} at ${uri}: ${libvirtMessage(stderr) || ending}`);
        }
        return stdout;
    };
}

/** The names in a list that virsh prints with `--name`, which pads lines with spaces and ends with an empty line. */
export function namesIn(list: string): string[] {
    return list
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
}

/** libvirt's own message, from the general error to the cause. */
function libvirtMessage(stderr: string): string {
    return stderr
        .split("\n")
        .map((line) => line.replace(/^error: /, "").trim())
        .filter((line) => line !== "")
        .join(": ");
}
