import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events.js";
import { repositoryRoot } from "../../infra/config/config-files";
import { parseJson } from "../lib/json";
import { withTemporaryFolder } from "../lib/temporary-folder";
import type { Progress } from "./progress";
import { runPulumi } from "./run-pulumi";

/** Lines of Pulumi's output that are shown when it fails without an error of a resource. */
const shownLines = 20;

/**
 * Runs `pulumi up` with its output in a log file, and reports its progress.
 *
 * @returns its exit code; after a failure it has printed the errors and the log's path
 */
export function buildWithProgress(stack: string, progress: Progress): Promise<number> {
    return withTemporaryFolder("pulumi-events-", (folder) => build(stack, join(folder, "events"), progress));
}

/** @param events a file that receives Pulumi's engine events */
async function build(stack: string, events: string, progress: Progress): Promise<number> {
    const logFolder = join(process.env.LAB_CACHE ?? repositoryRoot, "log");
    mkdirSync(logFolder, { recursive: true });
    const log = join(logFolder, `pulumi-up-${stack}.log`);
    const output = openSync(log, "w");
    const follower = await follow(events, progress);
    try {
        const args = ["up", "--yes", "--skip-preview", "--stack", stack, "--non-interactive", "--color", "never"];
        const exitCode = await runPulumi([...args, "--event-log", events], {
            // The option is one for automation, https://www.pulumi.com/docs/iac/packages-and-automation/automation-api/
            env: { PULUMI_DEBUG_COMMANDS: "true" },
            stdout: output,
            stderr: output,
        });
        await follower.end();
        if (exitCode !== 0) {
            const last = readFileSync(log, "utf8").trimEnd().split("\n").slice(-shownLines);
            console.error((progress.errors.length > 0 ? progress.errors : last).join("\n"));
            console.error(`pulumi up failed with exit code ${exitCode}. All output: ${log}`);
        }
        return exitCode;
    } finally {
        await follower.end();
        closeSync(output);
    }
}

/**
 * Reads a file of engine events, one in JSON on each line, while it grows; `read` reads now, `end` reads the rest. A line that
 * is not complete, for example after a full disk, is skipped.
 */
export async function follow(
    path: string,
    progress: Progress,
): Promise<{ read(): Promise<void>; end(): Promise<void> }> {
    const file = await open(path, "a+", 0o600);
    let position = 0;
    let rest = "";
    const read = async () => {
        const { size } = await file.stat();
        const { buffer, bytesRead } = await file.read(Buffer.alloc(size - position), 0, size - position, position);
        position += bytesRead;
        const lines = (rest + buffer.toString("utf8", 0, bytesRead)).split("\n");
        rest = lines.pop() ?? "";
        for (const event of lines.map(parseJson).filter((one) => one !== undefined)) {
            progress.add(event as EngineEvent);
        }
        progress.tick();
    };
    let reading = Promise.resolve();
    const readNext = () => {
        reading = reading.then(read);
        return reading;
    };
    const timer = setInterval(() => void readNext(), 500);
    let ended: Promise<void> | undefined;
    return {
        read: readNext,
        end: () => {
            ended ??= (async () => {
                clearInterval(timer);
                await readNext();
                await file.close();
            })();
            return ended;
        },
    };
}
