import { generateKeyPairSync } from "node:crypto";
import { type AddressInfo, createServer } from "node:net";
import { Server, utils } from "ssh2";
import { afterEach, describe, expect, it } from "vitest";
import type { Log } from "../engine/log";
import { runRemotely } from "./remote";

/** A key pair; ssh2 1.17.0 writes unusable ones for public keys that begin with a zero byte. */
function newKeyPair(): { private: string; public: string } {
    const pair = utils.generateKeyPairSync("ed25519");
    return utils.parseKey(pair.public) instanceof Error ? newKeyPair() : pair;
}

const { private: clientKey } = newKeyPair();
const ed25519 = newKeyPair();
const rsa = utils.generateKeyPairSync("rsa", { bits: 2048 });

describe("runRemotely", () => {
    const servers: { close(): unknown }[] = [];
    afterEach(() => {
        for (const server of servers.splice(0)) {
            server.close();
        }
    });

    /**
     * Starts an SSH server that prints each script and its input. The script is `exit N` for an exit status, `drop` to
     * lose the connection, and `hang` to run until the client ends it.
     */
    async function startServer({ key = ed25519, reject = false } = {}) {
        const server = new Server({ hostKeys: [key.private] }, (client) => {
            client.on("authentication", (context) => (reject ? context.reject() : context.accept()));
            client.on("error", () => {});
            client.on("session", (accept) => {
                const session = accept();
                session.on("exec", (acceptExec, _, { command }) => {
                    const channel = acceptExec();
                    if (command === "drop") {
                        client.end();
                        return;
                    }
                    if (command === "hang") {
                        channel.write("started\n");
                        return;
                    }
                    let input = "";
                    channel.on("data", (data: Buffer) => {
                        input += data;
                    });
                    channel.on("end", () => {
                        channel.write(`ran ${command} with ${input}`);
                        channel.stderr.write("diagnosis");
                        channel.exit(Number(/^exit (\d+)$/.exec(command)?.[1] ?? 0));
                        channel.end();
                    });
                });
            });
        });
        servers.push(server);
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return {
            connection: {
                host: "127.0.0.1",
                port: (server.address() as AddressInfo).port,
                privateKey: clientKey,
                hostKey: key.public,
                dialErrorLimit: 1,
            } as Record<string, unknown>,
        };
    }

    /** Runs a script, and returns what it printed and what was reported as progress. */
    async function run(
        connection: Record<string, unknown>,
        text: string,
        signal = new AbortController().signal,
        onOutput = () => {},
    ) {
        let [stdout, stderr] = ["", ""];
        const progress: string[] = [];
        const log: Log = { info: () => {}, progress: (line) => progress.push(line), flush: async () => {} };
        await runRemotely({ connection })(
            { text, stdin: "input", previousOutput: {} },
            {
                stdout: (data) => {
                    stdout += data;
                    onOutput();
                },
                stderr: (data) => {
                    stderr += data;
                },
            },
            signal,
            log,
        );
        return { stdout, stderr, progress };
    }

    it.each([
        ["ed25519", ed25519],
        ["rsa", rsa],
    ])("runs a script with its input over a connection with a pinned %s key", async (_, key) => {
        const { connection } = await startServer({ key });
        expect(await run(connection, "script")).toMatchObject({
            stdout: "ran script with input",
            stderr: "diagnosis",
        });
    });

    it("names the machine and the exit status of a failed script", async () => {
        const { connection } = await startServer();
        await expect(run(connection, "exit 7")).rejects.toThrow(
            `root@127.0.0.1:${connection.port}: the remote command failed with exit status 7`,
        );
    });

    it("rejects when the connection is lost", async () => {
        const { connection } = await startServer();
        await expect(run(connection, "drop")).rejects.toThrow(/connection/);
    });

    it("rejects another host key at once", async () => {
        const { connection } = await startServer();
        const other = newKeyPair().public;
        const failed = run({ ...connection, hostKey: other, dialErrorLimit: -1 }, "script");
        await expect(failed).rejects.toThrow(/after 1 attempts: the host key is SHA256:.*, the pinned one is SHA256:/);
    });

    it("rejects keys that are none at once", async () => {
        const { connection } = await startServer();
        const pkcs8 = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
        for (const wrong of [{ hostKey: "none" }, { privateKey: pkcs8 }]) {
            const failed = run({ ...connection, ...wrong, dialErrorLimit: -1 }, "script");
            await expect(failed).rejects.toThrow(`connection.${Object.keys(wrong)[0]} is not a key`);
        }
    });

    it("retries up to dialErrorLimit", async () => {
        const { connection } = await startServer({ reject: true });
        await expect(run({ ...connection, dialErrorLimit: 2 }, "script")).rejects.toThrow("after 2 attempts");
    });

    it("limits an attempt by perDialTimeout", async () => {
        const silent = createServer();
        servers.push(silent);
        await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
        const { port } = silent.address() as AddressInfo;
        const { connection } = await startServer();
        const failed = run({ ...connection, port, perDialTimeout: 0.2 }, "script");
        await expect(failed).rejects.toThrow(/after 1 attempts: Timed out/);
    });

    it("rejects while the script runs when the signal aborts", async () => {
        const { connection } = await startServer();
        const interrupt = new AbortController();
        const failed = run(connection, "hang", interrupt.signal, () => interrupt.abort());
        await expect(failed).rejects.toThrow("the remote command was ended by the end of the connection");
    });

    it("ends waiting for a machine when the signal aborts", async () => {
        const { connection } = await startServer({ reject: true });
        const failed = run({ ...connection, dialErrorLimit: -1 }, "script", AbortSignal.timeout(300));
        await expect(failed).rejects.toThrow("no connection");
    });
});
