import { join } from "node:path";
import { z } from "zod";
import { repositoryRoot } from "../../infra/config/config-files";
import type { Cell } from "../cell/cell";
import { inCell } from "../cell/namespaces";
import { type CommandError, succeed } from "../cell/run";
import { NotYetError, waitFor } from "../lib/wait";

/** Seconds until cert-manager's first self check; wide enough for software emulation. */
const deadline = 300;

const statusSchema = z.object({ challenges: z.object({ value: z.array(z.object({ reason: z.string() })) }) });

/** Waits until the challenge's reason is the failed self check, as in the problem statement. @throws DeadlineError */
export async function awaitSymptom(cell: Cell, stack: string): Promise<void> {
    const status = [join(repositoryRoot, "bin", "lab"), "--stack", stack, "status", "--json"];
    await waitFor(
        "the challenge to show the failed self check",
        async () => {
            const command = inCell(cell, ["env", `LAB_CELL=${cell.id}`, ...status]);
            // Fails while a machine is too busy for SSH.
            const output = await succeed(command, { deadline: 120 }).catch((error: CommandError) => {
                throw new NotYetError(error.message);
            });
            const { data } = statusSchema.safeParse(JSON.parse(output));
            return data?.challenges.value.some(({ reason }) => reason.includes("failed to perform self check"));
        },
        { deadline, interval: 3 },
    );
}
