import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Machines } from "../lib/ssh";
import { DeadlineError } from "../lib/wait";
import { rebootLoadBalancer } from "./reboot";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Reboots a machine with these identifiers of its boots, one for each request; the last one stays. */
async function reboot(...boots: string[]) {
    const lines: string[] = [];
    const run = async (_: string, command: string) => {
        if (command.includes("systemctl reboot")) {
            return { exitCode: 255, stdout: "" };
        }
        const boot = (boots.length > 1 ? boots.shift() : boots[0]) ?? "";
        return { exitCode: boot === "" ? 255 : 0, stdout: boot };
    };
    const rebooting = rebootLoadBalancer({ run } as unknown as Machines, (line) => lines.push(line)).catch(
        (error: unknown) => error,
    );
    await vi.advanceTimersByTimeAsync(700_000);
    return { error: await rebooting, lines };
}

it("waits for another boot", async () => {
    expect(await reboot("first", "first", "", "second")).toEqual({ error: undefined, lines: ["Rebooting lb"] });
});

it("leaves an lb that does not boot again to the check that follows", async () => {
    const { error, lines } = await reboot("first", "");
    expect(error).toBeUndefined();
    expect(lines).toEqual(["Rebooting lb", "Timed out after 600 s waiting for lb to boot"]);
});

it("fails when lb was not rebooted", async () => {
    expect((await reboot("first")).error).toBeInstanceOf(DeadlineError);
});
