import { setTimeout } from "node:timers/promises";

/** Waits until a condition holds, for two minutes at most; an error of the condition counts as no. */
export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 120_000;
    let last: unknown;
    while (Date.now() < deadline) {
        try {
            if (await condition()) {
                return;
            }
        } catch (error) {
            last = error;
        }
        await setTimeout(250);
    }
    throw new Error(`Waited two minutes for ${what}`, { cause: last });
}
