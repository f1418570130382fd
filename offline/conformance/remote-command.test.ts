import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SshServer } from "./ssh-server";
import { TestStack } from "./stack";
import { until } from "./until";

describe("command.remote", () => {
    let server: SshServer;
    let stack: TestStack;
    beforeAll(async () => {
        server = await SshServer.start();
        stack = await TestStack.create("remote-command");
    });
    afterAll(() => {
        stack?.remove();
        server?.stop();
    });

    const onMachine = (path: string) => readFileSync(join(server.machine, path), "utf8");

    const life = (version: string) => async () => {
        const command = new remote.Command("life", {
            connection: server.connection,
            create: "cat >/tmp/life; echo $SSH_CONNECTION",
            update: "cat >>/tmp/life",
            delete: "echo deleted >>/tmp/life",
            stdin: `version ${version}\n`,
        });
        return { output: command.stdout };
    };

    it("runs create over a pinned connection", async () => {
        const { outputs } = await stack.up(life("1"));
        expect(outputs.output?.value).toMatch(/^127\.0\.0\.1 \d+ 127\.0\.0\.1 2022$/);
        expect(onMachine("tmp/life")).toBe("version 1\n");
    });

    it("shows no change without one", async () => {
        expect(await stack.preview(life("1"))).toEqual({});
        expect((await stack.refresh()).steps).toEqual({});
    });

    it("encrypts the connection's private key in the state", () => {
        expect(stack.rawState()).not.toContain("OPENSSH PRIVATE KEY");
    });

    it("runs update and delete", async () => {
        const { steps } = await stack.up(life("2"));
        expect(steps).toEqual({ life: "update" });
        await stack.destroy();
        expect(onMachine("tmp/life")).toBe("version 1\nversion 2\ndeleted\n");
    });

    it("runs many commands at once", async () => {
        const numbers = Array.from({ length: 30 }, (_, i) => i);
        const { outputs } = await stack.up(async () => ({
            numbers: pulumi.all(
                numbers.map((i) => {
                    const command = { connection: server.connection, create: `echo ${i}` };
                    return new remote.Command(`command-${i}`, command).stdout;
                }),
            ),
        }));
        expect(outputs.numbers?.value).toEqual(numbers.map(String));
        await stack.destroy();
    });

    /** The output of Pulumi for one command that fails; the command leaves no resource. */
    const failingCommand = async (args: Partial<remote.CommandArgs>) => {
        const output = await stack.failingUp(async () => {
            new remote.Command("failing", { connection: server.connection, create: "touch /tmp/reached", ...args });
        });
        expect(stack.resources()).toEqual({});
        return output;
    };

    it("rejects another host key than the pinned one, and runs nothing", async () => {
        const hostKey = onMachine("conformance/client.pub");
        expect(await failingCommand({ connection: { ...server.connection, hostKey } })).toMatch(/host key/i);
        expect(existsSync(join(server.machine, "tmp/reached"))).toBe(false);
    });

    it("fails after dialErrorLimit attempts on a machine that does not respond", async () => {
        const connection = { ...server.connection, port: 2999, dialErrorLimit: 2 };
        expect(await failingCommand({ connection })).toContain("after 2");
    });

    it("reports a command's failure", async () => {
        const output = await failingCommand({ create: "echo the reason >&2; exit 7" });
        expect(output).toContain("the reason");
        expect(output).toMatch(/status 7/);
    });

    it("ends a command when the user interrupts, and leaves nothing of it", async () => {
        const interrupt = new AbortController();
        const up = stack.failingUp(async () => {
            new remote.Command("interrupted", {
                connection: server.connection,
                create: "echo $$ >/tmp/running; cat; sleep 600",
            });
        }, interrupt.signal);
        await until("the command", async () => /^\d+\n$/.test(onMachine("tmp/running")));
        interrupt.abort();
        await up;
        expect(stack.resources()).toEqual({});
        await until("the command's end", async () => !existsSync(`/proc/${onMachine("tmp/running").trim()}`));
    });
});
