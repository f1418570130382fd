/**
 * Prints the offset of each machine's clock from this machine's, in seconds: `{"lb": [least, greatest], ...}`. Runs in the
 * lab's cell: clocks.ts STACK
 */
import { type MachineName, machineNames } from "../../../infra/config/address-plan";
import { Machines } from "../../../lab/lib/ssh";
import { outputsOf, readStack } from "../../../lab/lib/stack";

/** Measurements for each machine; the narrowest counts. */
const attempts = 5;

async function offsetOf(machines: Machines, name: MachineName): Promise<[number, number]> {
    let [least, greatest] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let attempt = 0; attempt < attempts; attempt++) {
        const before = Date.now() / 1000;
        const guest = Number((await machines.run(name, "date +%s.%N")).stdout);
        const after = Date.now() / 1000;
        least = Math.max(least, guest - after);
        greatest = Math.min(greatest, guest - before);
    }
    return [least, greatest];
}

async function main(): Promise<void> {
    const machines = await Machines.connect(outputsOf(await readStack(process.argv[2])));
    try {
        // One after the other: a busy machine would widen the intervals.
        const offsets: Record<string, [number, number]> = {};
        for (const name of machineNames) {
            offsets[name] = await offsetOf(machines, name);
        }
        console.log(JSON.stringify(offsets));
    } finally {
        await machines.close();
    }
}

main();
