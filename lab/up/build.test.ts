import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { follow } from "./build";
import { Progress } from "./progress";

const event = (message: string) => JSON.stringify({ diagnosticEvent: { severity: "error", message } });

it("reads events that are written in parts, and skips lines that a full disk truncated", async () => {
    const folder = mkdtempSync(join(tmpdir(), "events-"));
    const file = join(folder, "events");
    const progress = new Progress([], 0, () => {});
    const follower = await follow(file, progress);
    const first = event("one");
    appendFileSync(file, first.slice(0, 10));
    await follower.read();
    appendFileSync(file, `${first.slice(10)}\n${first.slice(0, 20)}\n${event("two")}\n`);
    await follower.end();
    expect(progress.errors).toEqual(["one", "two"]);
    rmSync(folder, { recursive: true });
});
