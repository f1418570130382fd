import type { CheckContext } from "./check.ts";
import type { CommandOutput, HostFacts, RunOptions, Tunnel } from "./host-facts.ts";
import { quoted } from "./shell-word.ts";

/** One run of checks: the host, the context, and the connections that checks share until {@link close}. */
export class Inspection {
    readonly host: HostFacts;
    readonly context: CheckContext;
    private readonly tunnels: Tunnel[] = [];

    constructor(host: HostFacts, context: CheckContext) {
        this.host = host;
        this.context = context;
    }

    /** Runs a program with the context's deadline unless another is given. */
    run(program: string, args: readonly string[], options: RunOptions = {}): Promise<CommandOutput> {
        return this.host.run(program, args, { deadline: this.context.deadline, ...options });
    }

    /** The command line that runs a command with root's rights on this machine. */
    asRoot(command: string): string {
        if (this.host.user.uid === 0) {
            return command;
        }
        const isOneProgram = !/[|&;<>]/.test(command);
        if (this.host.findProgram("sudo") === undefined) {
            return `su --command ${quoted(command)}`;
        }
        return isOneProgram ? `sudo ${command}` : `sudo sh -c ${quoted(command)}`;
    }

    /** Opens a tunnel that {@link close} closes. */
    async openTunnel(options: readonly string[], socket: string): Promise<Tunnel> {
        const tunnel = await this.host.openTunnel(options, socket, this.context.deadline);
        this.tunnels.push(tunnel);
        return tunnel;
    }

    async close(): Promise<void> {
        await Promise.all(this.tunnels.map((tunnel) => tunnel.close()));
    }
}

/** Makes a function that computes its result once for each inspection, for facts that several checks need. */
export function oncePerInspection<T>(compute: (inspection: Inspection) => T): (inspection: Inspection) => T {
    const results = new WeakMap<Inspection, { value: T }>();
    return (inspection) => {
        const result = results.get(inspection) ?? { value: compute(inspection) };
        results.set(inspection, result);
        return result.value;
    };
}

/** The last line of a program's messages, which names the cause. */
export function lastLine(messages: string): string {
    return messages.trim().split("\n").at(-1)?.trim() ?? "";
}
