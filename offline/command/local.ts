import { spawn } from "node:child_process";
import { z } from "zod";
import { type Runner, scriptInputs } from "./script";

/** The inputs of command:local:Command, without those that collect files. */
export const localInputs = {
    ...scriptInputs,
    interpreter: z.array(z.string()).min(1).default(["/bin/sh", "-c"]),
    environment: z.record(z.string(), z.string()).default({}),
    dir: z.string().optional(),
};

/** Milliseconds from SIGTERM to SIGKILL for a script. */
const gracePeriod = 10_000;

/** Runs scripts on this machine. When the signal aborts, the script ends with all its children. */
export function runLocally(inputs: unknown): Runner {
    const { interpreter, environment, dir } = z.object(localInputs).parse(inputs);
    const [program, ...options] = interpreter as [string, ...string[]];
    return (script, sink, signal) =>
        new Promise((resolve, reject) => {
            signal.throwIfAborted();
            const child = spawn(program, [...options, script.text], {
                cwd: dir,
                env: { ...process.env, ...environment, ...script.previousOutput },
                // A process group that a signal reaches as a whole.
                detached: true,
            });
            const signalGroup = (name: NodeJS.Signals) => {
                try {
                    process.kill(-(child.pid as number), name);
                } catch {
                    // All processes of the group have ended.
                }
            };
            let killing: NodeJS.Timeout | undefined;
            const abort = () => {
                signalGroup("SIGTERM");
                killing = setTimeout(() => {
                    signalGroup("SIGKILL");
                    // A process that left the group may hold the streams open.
                    child.stdout.destroy();
                    child.stderr.destroy();
                }, gracePeriod);
            };
            const settle = () => {
                clearTimeout(killing);
                signal.removeEventListener("abort", abort);
            };
            child.once("error", (error) => {
                settle();
                reject(new Error(`${program} cannot be started: ${error.message}`));
            });
            if (child.pid !== undefined) {
                signal.addEventListener("abort", abort);
            }
            child.stdout.on("data", sink.stdout);
            child.stderr.on("data", sink.stderr);
            // A script need not read its input.
            child.stdin.on("error", () => {});
            child.stdin.end(script.stdin);
            child.once("close", (code, name) => {
                settle();
                if (code === 0 && !signal.aborted) {
                    resolve();
                } else {
                    const reason = name ? `was ended by ${name}` : `failed with exit status ${code}`;
                    reject(new Error(`the local command ${reason}`));
                }
            });
        });
}
