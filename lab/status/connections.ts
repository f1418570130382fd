import { Machines } from "../lib/ssh";
import type { Stack } from "../lib/stack";

/** Keeps connections from one screen to the next, as long as the machines are the same. */
export class Connections {
    private machines: Machines | undefined;
    private access = "";

    /** Connections to a lab's machines; undefined while there is no key for them. */
    async to({ provisionerKey, ...access }: Stack["access"]): Promise<Machines | undefined> {
        const wanted = JSON.stringify([provisionerKey, access]);
        if (wanted !== this.access) {
            await this.close();
            this.access = wanted;
            this.machines = provisionerKey ? await Machines.connect({ ...access, provisionerKey }) : undefined;
        }
        return this.machines;
    }

    async close(): Promise<void> {
        await this.machines?.close();
        this.machines = undefined;
        this.access = "";
    }
}
