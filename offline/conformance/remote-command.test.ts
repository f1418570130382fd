import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { password, SshServers } from "./ssh-servers";
import { TestStack } from "./stack";

describe("command.remote", () => {
    const folder = mkdtempSync(join(tmpdir(), "conformance-copy-"));
    let servers: SshServers;
    let stack: TestStack;
    beforeAll(async () => {
        servers = await SshServers.start();
        stack = await TestStack.create("remote-command");
    });
    afterAll(() => {
        stack?.remove();
        servers?.stop();
        rmSync(folder, { recursive: true });
    });

    const onMachine = (path: string) => readFileSync(join(servers.machine, path), "utf8");

    const life = (version: string) => async () => {
        const { target, throughJumpHost } = servers;
        const { privateKey: _, ...withoutKey } = target;
        return {
            output: new remote.Command("life", {
                connection: target,
                create: "cat >/tmp/life; echo $GREETING $SSH_CONNECTION",
                update: 'cat >>/tmp/life; echo "after $PULUMI_COMMAND_STDOUT"',
                delete: 'echo "deleted after $PULUMI_COMMAND_STDOUT" >>/tmp/life',
                stdin: `version ${version}\n`,
                environment: { GREETING: "hello" },
            }).stdout,
            byPassword: new remote.Command("by-password", { connection: { ...withoutKey, password }, create: "whoami" })
                .stdout,
            throughJumpHost: new remote.Command("through-jump-host", {
                connection: throughJumpHost,
                create: "echo arrived",
            }).stdout,
        };
    };

    it("runs create over a pinned connection, with a password, and through a jump host", async () => {
        const { outputs } = await stack.up(life("1"));
        expect(outputs.output?.value).toMatch(/^hello 127\.0\.0\.1 \d+ 127\.0\.0\.1 2022$/);
        expect(outputs.byPassword?.value).toBe("root");
        expect(outputs.throughJumpHost?.value).toBe("arrived");
        expect(onMachine("tmp/life")).toBe("version 1\n");
    });

    it("shows no change where there is none", async () => {
        expect(await stack.preview(life("1"))).toEqual({});
    });

    it("keeps the connection's secrets out of the state", async () => {
        const state = stack.rawState();
        expect(state).not.toContain("OPENSSH PRIVATE KEY");
        expect(state).not.toContain(`"${password}"`);
    });

    it("updates and deletes with the previous output", async () => {
        const { outputs, steps } = await stack.up(life("2"));
        expect(steps).toEqual({ life: "update" });
        expect(outputs.output?.value).toMatch(/^after hello /);
        await stack.destroy();
        expect(onMachine("tmp/life")).toMatch(/^version 1\nversion 2\ndeleted after after hello .*\n$/);
    });

    /** Pulumi's output where one command fails, of which nothing is left. */
    const failingCommand = async (args: Partial<remote.CommandArgs>) => {
        const output = await stack.failingUp(async () => {
            new remote.Command("failing", { connection: servers.target, create: "touch /tmp/reached", ...args });
        });
        expect(await stack.resources()).toEqual({});
        return output;
    };

    it("refuses another host key than the pinned one, and runs nothing", async () => {
        const { hostKey } = servers.throughJumpHost.proxy as { hostKey: string };
        expect(await failingCommand({ connection: { ...servers.target, hostKey } })).toMatch(/host key/i);
        expect(existsSync(join(servers.machine, "tmp/reached"))).toBe(false);
    });

    it("gives up a machine that does not answer after dialErrorLimit failures", async () => {
        const away = { ...servers.target, port: 2999, dialErrorLimit: 2 };
        expect(await failingCommand({ connection: away })).toContain("after 2");
        const behind = { ...servers.target, dialErrorLimit: -1, proxy: away };
        expect(await failingCommand({ connection: behind })).toMatch(/proxy.*after 2/);
    });

    it("reports a command's failure", async () => {
        const output = await failingCommand({ create: "echo the reason >&2; exit 7" });
        expect(output).toContain("the reason");
        expect(output).toMatch(/status 7/);
    });

    it("reports a variable that the server refuses", async () => {
        expect(await failingCommand({ environment: { OTHER: "value" } })).toContain("OTHER");
    });

    const copies = () => async () => {
        const copy = (name: string, source: pulumi.asset.Asset | pulumi.asset.Archive, remotePath: string) =>
            new remote.CopyToRemote(name, { connection: servers.target, source, remotePath });
        copy("text", new pulumi.asset.StringAsset("some text"), "/copies/new/folder/text");
        copy("file", new pulumi.asset.FileAsset(join(folder, "file")), "/copies/renamed");
        copy("into-folder", new pulumi.asset.FileAsset(join(folder, "file")), "/srv");
        copy("folder", new pulumi.asset.FileArchive(join(folder, "tree")), "/copies/folder");
        copy("contents", new pulumi.asset.FileArchive(`${join(folder, "tree")}/`), "/copies/contents");
    };

    it("copies text, a file and folders", async () => {
        writeFileSync(join(folder, "file"), "first");
        mkdirSync(join(folder, "tree/below"), { recursive: true });
        writeFileSync(join(folder, "tree/below/leaf"), "leaf");
        mkdirSync(join(servers.machine, "copies"));
        await stack.up(copies());
        expect(onMachine("copies/new/folder/text")).toBe("some text");
        expect(onMachine("copies/renamed")).toBe("first");
        expect(onMachine("srv/file")).toBe("first");
        expect(onMachine("copies/folder/tree/below/leaf")).toBe("leaf");
        expect(onMachine("copies/contents/below/leaf")).toBe("leaf");
    });

    it("copies again what has changed, and leaves the copies at destroy", async () => {
        writeFileSync(join(folder, "file"), "second");
        const { steps } = await stack.up(copies());
        expect(Object.keys(steps).sort()).toEqual(["file", "into-folder"]);
        expect(onMachine("copies/renamed")).toBe("second");
        await stack.destroy();
        expect(onMachine("copies/renamed")).toBe("second");
    });
});
