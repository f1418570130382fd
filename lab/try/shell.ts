import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";

/** The output of a command, and the reason for its end. */
export interface CommandOutput {
    /** Undefined when the deadline ended the command, or when it ended the shell. */
    exitCode: number | undefined;
    /** Standard output and standard error, in their order. */
    text: string;
    ended: "exit" | "deadline" | "shell ended";
}

export interface ShellOptions {
    /** Seconds. */
    deadline: number;
    /** Called with each part of the output when it is received. */
    onOutput?: (text: string) => void;
}

/** A shell that keeps its working directory and variables from one command to the next. */
export interface Shell {
    run(command: string, options: ShellOptions): Promise<CommandOutput>;
    close(): void;
}

/** Bytes of a command's output that are kept. */
const keptOutput = 64 * 1024;

/** A command whose output exceeds this many bytes is ended. */
const maximumOutput = 8 * 1024 * 1024;

/**
 * A bash that reads commands from its standard input, behind a program such as ssh(1). The standard input of each command
 * is empty. When the shell has ended or a command has exceeded its deadline, the next command starts a new shell.
 */
export class BashSession implements Shell {
    private process: ChildProcessWithoutNullStreams | undefined;

    /** @param program and args: start bash without arguments */
    constructor(
        private readonly program: string,
        private readonly args: readonly string[],
    ) {}

    async run(command: string, { deadline, onOutput }: ShellOptions): Promise<CommandOutput> {
        const process = this.start();
        const marker = randomBytes(16).toString("hex");
        const encoded = Buffer.from(command).toString("base64");
        return new Promise((resolve) => {
            let kept = "";
            let received = 0;
            let pending = "";
            const finish = (result: Omit<CommandOutput, "text">) => {
                clearTimeout(timer);
                process.stdout.removeAllListeners("data");
                process.removeAllListeners("close");
                resolve({ ...result, text: kept });
            };
            const end = () => {
                this.close();
                show(pending);
                finish({ exitCode: undefined, ended: "deadline" });
            };
            const timer = setTimeout(end, deadline * 1000);
            const show = (text: string) => {
                if (text === "") {
                    return;
                }
                kept = `${kept}${text}`.slice(0, keptOutput);
                onOutput?.(text);
            };
            process.stdout.on("data", (chunk: string) => {
                received += chunk.length;
                pending += chunk;
                const [, before, code] = new RegExp(`^([\\s\\S]*?)\\n${marker} (\\d+)\\n`).exec(pending) ?? [];
                if (before !== undefined) {
                    show(before);
                    finish({ exitCode: Number(code), ended: "exit" });
                    return;
                }
                const complete = lengthWithoutMarker(pending, marker);
                show(pending.slice(0, complete));
                pending = pending.slice(complete);
                if (received > maximumOutput) {
                    end();
                }
            });
            process.once("close", () => {
                show(pending);
                this.process = undefined;
                finish({ exitCode: undefined, ended: "shell ended" });
            });
            process.stdin.write(
                `eval "$(base64 --decode <<<${encoded})" </dev/null 2>&1\nprintf '\\n%s %d\\n' ${marker} "$?"\n`,
            );
        });
    }

    close(): void {
        this.process?.removeAllListeners("close");
        this.process?.kill("SIGKILL");
        this.process = undefined;
    }

    /** Whether the shell runs. It also ends between two commands, for example when its machine is rebooted. */
    get isRunning(): boolean {
        return this.process !== undefined && this.process.exitCode === null && this.process.signalCode === null;
    }

    private start(): ChildProcessWithoutNullStreams {
        if (this.process && this.isRunning) {
            return this.process;
        }
        const started = spawn(this.program, this.args, { stdio: "pipe" });
        started.stdout.setEncoding("utf8");
        // Messages of the program itself.
        started.stderr.resume();
        // Without these handlers, a program that cannot be started or that ends early would end this process.
        started.on("error", () => started.emit("close"));
        started.stdin.on("error", () => {});
        this.process = started;
        return started;
    }
}

/** Length of the part of a text that is certainly output: its last line may be the beginning of the marker's. */
function lengthWithoutMarker(text: string, marker: string): number {
    const lineEnd = text.lastIndexOf("\n");
    const last = text.slice(lineEnd + 1);
    return lineEnd >= 0 && (marker.startsWith(last) || last.startsWith(marker)) ? lineEnd : text.length;
}
