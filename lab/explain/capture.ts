import { randomBytes } from "node:crypto";
import type { MachineName } from "../../infra/config/address-plan";
import type { Machines } from "../lib/ssh";
import { ask } from "./ask";
import { captureFilter, parseCapture, type Sighting } from "./sighting";

/**
 * What {@link parseCapture} reads: every interface, at once, in numbers, sequence numbers absolute, no time. Headers are
 * enough; with whole packets tcpdump's buffer holds eight in immediate mode, and the rest is lost.
 */
const captureOptions = "-i any --immediate-mode --snapshot-length=256 -l -n -S -t";

/** tcpdump on several machines at once, on all of their interfaces. */
export class Capture {
    private constructor(
        private readonly machines: Machines,
        private readonly names: readonly MachineName[],
        private readonly unit: string,
    ) {}

    /**
     * Returns when every machine captures. tcpdump is a transient unit of systemd, so that it ends and its files go also
     * when nobody is left to stop it.
     *
     * @param longest seconds after which it ends by itself
     * @throws UnreachableError when a machine does not capture
     */
    static async start(machines: Machines, names: readonly MachineName[], longest: number): Promise<Capture> {
        const capture = new Capture(machines, names, `lab-explain-${randomBytes(4).toString("hex")}`);
        const [packets, messages] = [capture.file("packets"), capture.file("messages")];
        const properties = [
            `RuntimeMaxSec=${longest}`,
            `StandardOutput=file:${packets}`,
            `StandardError=file:${messages}`,
            `ExecStopPost=rm -f ${packets} ${messages}`,
        ].map((property) => `--property='${property}'`);
        await Promise.all(
            names.map((name) =>
                ask(
                    machines,
                    name,
                    `systemd-run --quiet --collect --unit=${capture.unit} ${properties.join(" ")} ` +
                        `tcpdump ${captureOptions} '${captureFilter}' && ` +
                        `timeout 60 sh -c 'until grep --quiet "^listening on" ${messages}; do sleep 0.2; done'`,
                ),
            ),
        );
        return capture;
    }

    /** What was seen so far, machine by machine, on each in the order in which it was seen. */
    async read(): Promise<Sighting[]> {
        const texts = await Promise.all(
            this.names.map((name) => ask(this.machines, name, `cat ${this.file("packets")}`)),
        );
        return this.names.flatMap((name, i) => parseCapture(name, texts[i] ?? ""));
    }

    /** Ends it on every machine that still answers. */
    async stop(): Promise<void> {
        await Promise.all(this.names.map((name) => this.machines.run(name, `systemctl stop ${this.unit}`)));
    }

    private file(what: string): string {
        return `/run/${this.unit}.${what}`;
    }
}
