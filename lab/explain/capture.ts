import { randomBytes } from "node:crypto";
import type { MachineName } from "../../infra/config/address-plan";
import { all } from "../lib/all";
import { runOnMachine } from "../lib/run-on-machine";
import type { Machines } from "../lib/ssh";
import { type CapturedSegment, captureFilter, parseCapture } from "./captured-segment";

/**
 * Every interface, unbuffered, numeric, absolute sequence numbers, no time: the format of {@link parseCapture}. Headers
 * suffice; with whole packets tcpdump's buffer holds eight in immediate mode, and loses the rest.
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
     * Returns when every machine captures; {@link stop} ends it. tcpdump is a transient unit of systemd, which also ends
     * and removes its files when this process was killed.
     *
     * @param longest seconds after which systemd ends it
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
        const command =
            `systemd-run --quiet --collect --unit=${capture.unit} ${properties.join(" ")} ` +
            `tcpdump ${captureOptions} '${captureFilter}' && ` +
            `timeout 60 sh -c 'until grep --quiet "^listening on" ${messages}; do sleep 0.2; done'`;
        try {
            await all(names, (name) => runOnMachine(machines, name, command));
        } catch (error) {
            await capture.stop();
            throw error;
        }
        return capture;
    }

    /** The segments so far, by machine, and for each machine in the order of its capture. */
    async read(): Promise<CapturedSegment[]> {
        const texts = await Promise.all(
            this.names.map((name) => runOnMachine(this.machines, name, `cat ${this.file("packets")}`)),
        );
        return this.names.flatMap((name, i) => parseCapture(name, texts[i] ?? ""));
    }

    /** Ends tcpdump on every machine that responds. */
    async stop(): Promise<void> {
        await Promise.all(this.names.map((name) => this.machines.run(name, `systemctl stop ${this.unit}`)));
    }

    private file(suffix: string): string {
        return `/run/${this.unit}.${suffix}`;
    }
}
