import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { Client, type ParsedKey, type ServerHostKeyAlgorithm, utils } from "ssh2";
import { z } from "zod";
import type { Log } from "../engine/log";

/** The properties of a connection that the lab uses, with upstream's defaults. Times are in seconds. */
export const connectionSchema = z.strictObject({
    host: z.string(),
    port: z.number().default(22),
    user: z.string().default("root"),
    privateKey: z.string(),
    hostKey: z.string(),
    /** Failed attempts before an error; -1 for no limit. */
    dialErrorLimit: z.number().default(10),
    /** Of one attempt; 0 for no limit. */
    perDialTimeout: z.number().default(15),
});
export type Connection = z.infer<typeof connectionSchema>;

/** Time between two attempts, in milliseconds. */
const retryDelay = 2_000;

/** An error that another attempt cannot resolve. */
class PermanentError extends Error {}

/**
 * Connects, and retries while the machine boots. The caller ends the client.
 *
 * Rejects after `dialErrorLimit` failed attempts, and at once when a key is unusable, when the server's host key is
 * another one, or when the signal aborts.
 */
export async function connect(connection: Connection, signal: AbortSignal, log: Log): Promise<Client> {
    const { host, port, user, dialErrorLimit } = connection;
    for (let attempt = 1; ; attempt++) {
        try {
            return await connectOnce(connection, signal);
        } catch (error) {
            const { message } = error as Error;
            const last = dialErrorLimit >= 0 && attempt >= dialErrorLimit;
            if (error instanceof PermanentError || signal.aborted || last) {
                throw new Error(`${user}@${host}:${port}: no connection after ${attempt} attempts: ${message}`);
            }
            log.progress(`Waiting for SSH at ${host}:${port} (attempt ${attempt}): ${message}`);
            await setTimeout(retryDelay, undefined, { signal }).catch(() => {});
        }
    }
}

function connectOnce(connection: Connection, signal: AbortSignal): Promise<Client> {
    parseKey("privateKey", connection.privateKey);
    const pinned = parseKey("hostKey", connection.hostKey);
    const expected = pinned.getPublicSSH();
    let mismatch: PermanentError | undefined;
    const client = new Client();
    return new Promise<Client>((resolve, reject) => {
        const fail = (error: Error) => {
            signal.removeEventListener("abort", abort);
            client.destroy();
            reject(mismatch ?? error);
        };
        const abort = () => fail(new Error("aborted"));
        signal.throwIfAborted();
        signal.addEventListener("abort", abort);
        client
            .once("ready", () => {
                signal.removeEventListener("abort", abort);
                resolve(client);
            })
            // Errors after the handshake end the session, too; they must not end the process.
            .on("error", fail)
            .once("close", () => fail(new Error("the server closed the connection")))
            .connect({
                host: connection.host,
                port: connection.port,
                username: connection.user,
                privateKey: connection.privateKey,
                readyTimeout: connection.perDialTimeout * 1000,
                // Detects a machine that was switched off, within five minutes.
                keepaliveInterval: 30_000,
                keepaliveCountMax: 10,
                algorithms: { serverHostKey: signatureAlgorithms(pinned) },
                hostVerifier: (offered: Buffer) => {
                    if (!offered.equals(expected)) {
                        mismatch = new PermanentError(
                            `the host key is ${fingerprint(offered)}, the pinned one is ${fingerprint(expected)}`,
                        );
                    }
                    return mismatch === undefined;
                },
            });
    });
}

function parseKey(property: string, text: string): ParsedKey {
    const key = utils.parseKey(text);
    if (key instanceof Error) {
        throw new PermanentError(`connection.${property} is not a key in OpenSSH's format: ${key.message}`);
    }
    return key;
}

/** "ssh-rsa" means SHA-1 signatures, which OpenSSH rejects. RFC 8332 names the others of an RSA key. */
const signatureAlgorithms = ({ type }: ParsedKey): ServerHostKeyAlgorithm[] =>
    type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type as ServerHostKeyAlgorithm];

const fingerprint = (key: Buffer) => `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
