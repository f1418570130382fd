import { z } from "zod";
import type { Log } from "../engine/log";

/** A script with its input, environment and folder. */
export interface Script {
    text: string;
    stdin: string;
    /** The previous output as variables, as far as the resource type can pass variables on. */
    previousOutput: Record<string, string>;
}

/** The output of a script, without the last line's end. */
export interface Output {
    stdout: string;
    stderr: string;
}

/** Receives a script's output as it is printed. */
export interface Sink {
    stdout(data: Buffer): void;
    stderr(data: Buffer): void;
}

/** Runs a script. Rejects when it fails, or when the signal aborts; its reason is an Error. */
export type Runner = (script: Script, sink: Sink, signal: AbortSignal, log: Log) => Promise<void>;

/** The inputs that all resource types have: https://www.pulumi.com/registry/packages/command/api-docs/ */
export const scriptInputs = {
    create: z.string().optional(),
    update: z.string().optional(),
    delete: z.string().optional(),
    stdin: z.string().default(""),
    triggers: z.array(z.unknown()).optional(),
    logging: z.enum(["stdout", "stderr", "stdoutAndStderr", "none"]).default("stdoutAndStderr"),
    addPreviousOutputInEnv: z.boolean().default(true),
};
const commonInputs = z.object(scriptInputs);
const printed = z.object({ stdout: z.string().default(""), stderr: z.string().default("") });

/** Number of lines of a failed script's output in its error. */
const quotedLines = 20;

/**
 * Runs the script for an operation and returns its output. An update without `update` runs `create`. Without a
 * script it returns the previous output.
 *
 * @param inputs the resource's inputs, without marks of secrets
 * @param previous the resource's state before the operation, {} for a new one
 */
export async function runScript(
    operation: "create" | "update" | "delete",
    inputs: unknown,
    previous: unknown,
    { run, log, signal }: { run: Runner; log: Log; signal: AbortSignal },
): Promise<Output> {
    const common = commonInputs.parse(inputs);
    const before = printed.parse(previous);
    const text = common[operation] ?? (operation === "update" ? common.create : undefined);
    if (text === undefined) {
        return before;
    }
    const previousOutput = Object.fromEntries(
        Object.entries({ PULUMI_COMMAND_STDOUT: before.stdout, PULUMI_COMMAND_STDERR: before.stderr }).filter(
            ([, value]) => common.addPreviousOutputInEnv && value !== "",
        ),
    );
    const shows = (stream: string) => common.logging === stream || common.logging === "stdoutAndStderr";
    const stdout = new Transcript(shows("stdout") ? log : undefined);
    const stderr = new Transcript(shows("stderr") ? log : undefined);
    const sink = { stdout: (data: Buffer) => stdout.add(data), stderr: (data: Buffer) => stderr.add(data) };
    try {
        await run({ text, stdin: common.stdin, previousOutput }, sink, signal, log);
    } catch (error) {
        const lines = (stderr.text().trim() || stdout.text().trim()).split("\n").slice(-quotedLines);
        const cause = signal.aborted ? `${(signal.reason as Error).message}: ` : "";
        throw new Error([`${cause}${(error as Error).message}`, ...lines].join("\n").trimEnd());
    } finally {
        stdout.end();
        stderr.end();
        await log.flush();
    }
    return { stdout: stdout.text(), stderr: stderr.text() };
}

/** Collects one stream of a script, and logs each line of it when it is complete. */
class Transcript {
    private readonly chunks: Buffer[] = [];
    private readonly decoder = new TextDecoder();
    private line = "";

    constructor(private readonly log: Log | undefined) {}

    add(data: Buffer): void {
        this.chunks.push(data);
        const lines = (this.line + this.decoder.decode(data, { stream: true })).split("\n");
        this.line = lines.pop() ?? "";
        for (const line of lines) {
            this.log?.info(line);
        }
    }

    /** Logs a last line that has no end. */
    end(): void {
        if (this.line !== "") {
            this.log?.info(this.line);
        }
    }

    text(): string {
        return Buffer.concat(this.chunks).toString().replace(/\n$/, "");
    }
}
