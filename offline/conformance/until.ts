import { setTimeout } from "node:timers/promises";

/** Resolves when a condition is true; rejects after two minutes. An error of the condition means false. */
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
