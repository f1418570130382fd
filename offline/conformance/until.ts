import { NotYetError, waitFor } from "../../lab/lib/wait";

/** Resolves when a condition is true; rejects after two minutes. An error of the condition means false. */
export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
    const attempt = () =>
        condition().catch((error: Error) => {
            throw new NotYetError(error.message);
        });
    await waitFor(what, attempt, { deadline: 120, interval: 0.25, maximumInterval: 1 });
}
