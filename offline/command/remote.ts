import type { Client, ClientChannel } from "ssh2";
import { z } from "zod";
import { type Runner, type Script, type Sink, scriptInputs } from "./script";
import { connect, connectionSchema } from "./ssh";

/**
 * The inputs of command:remote:Command. `environment` is missing, and the previous output is not passed: sshd accepts
 * only variables that its AcceptEnv names, and the lab's machines name none.
 */
export const remoteInputs = { ...scriptInputs, connection: connectionSchema };

/** Runs scripts on another machine, with the login shell of the connection's user. */
export function runRemotely(inputs: unknown): Runner {
    const { connection } = z.object(remoteInputs).parse(inputs);
    return async (script, sink, signal, log) => {
        const client = await connect(connection, signal, log);
        try {
            await runSession(client, script, sink, signal);
        } catch (error) {
            throw new Error(`${connection.user}@${connection.host}:${connection.port}: ${(error as Error).message}`);
        } finally {
            client.end();
        }
    };
}

function runSession(client: Client, script: Script, sink: Sink, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
        // The connection may end before the command does.
        client.once("close", () => reject(new Error("the connection was lost")));
        client.exec(script.text, (error, channel) => {
            if (error) {
                reject(error);
                return;
            }
            const abort = () => {
                terminate(client, channel);
                channel.close();
            };
            signal.addEventListener("abort", abort);
            let ended: [code: number | null, name?: string] | undefined;
            channel.on("data", sink.stdout);
            channel.stderr.on("data", sink.stderr);
            channel.on("exit", (...end: [number | null, string?]) => {
                ended = end;
            });
            channel.once("close", () => {
                signal.removeEventListener("abort", abort);
                const [code, name] = ended ?? [];
                if (code === 0) {
                    resolve();
                } else if (typeof code === "number") {
                    reject(new Error(`the remote command failed with exit status ${code}`));
                } else {
                    reject(new Error(`the remote command was ended by ${name ?? "the end of the connection"}`));
                }
            });
            channel.end(script.stdin);
            if (signal.aborted) {
                abort();
            }
        });
    });
}

/**
 * Sends SIGTERM to a running script. Without it sshd lets the script run after the connection ends. The public
 * `signal` of ssh2 1.17.0 sends nothing once the input has ended.
 */
function terminate(client: Client, channel: ClientChannel): void {
    type Internals = { _protocol: { signal(channel: number, name: string): void }; outgoing: { id: number } };
    const { _protocol } = client as unknown as Internals;
    _protocol.signal((channel as unknown as Internals).outgoing.id, "TERM");
}
