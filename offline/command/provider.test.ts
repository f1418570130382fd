import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import type { Log } from "../engine/log";
import { plain, unknown } from "../engine/properties";
import { CommandProvider, changes, failures } from "./provider";

const urn = "urn:pulumi:dev::lab::lab:index:Parent$command:local:Command::test";
const remoteUrn = "urn:pulumi:dev::lab::command:remote:Command::test";
const secret = (value: unknown) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    value,
});

/** A provider, and what it has logged. */
function newProvider() {
    const logged: string[] = [];
    const log: Log = { info: (line) => logged.push(line), progress: () => {}, flush: async () => {} };
    return { provider: new CommandProvider("1.0.0", () => log), logged };
}

const create = (inputs: Record<string, unknown>, timeout = 0) =>
    newProvider().provider.run("create", urn, inputs, {}, timeout);

describe("CommandProvider", () => {
    const folder = mkdtempSync(join(tmpdir(), "lab-command-"));
    afterAll(() => rmSync(folder, { recursive: true }));

    it("returns the inputs and what the script prints, without the last line's end", async () => {
        const inputs = { create: "cat; echo $NAME; echo wrong >&2", stdin: "given\n", environment: { NAME: "value" } };
        expect(await create(inputs)).toEqual({ ...inputs, stdout: "given\nvalue", stderr: "wrong" });
    });

    it("runs a script in its folder, with its interpreter", async () => {
        const { stdout } = await create({ create: "echo $BASH; pwd", interpreter: ["/bin/bash", "-c"], dir: folder });
        expect(stdout).toBe(`/bin/bash\n${folder}`);
    });

    it("keeps secret inputs secret", async () => {
        const state = await create({ create: "cat", stdin: secret("key") });
        expect(state).toMatchObject({ stdin: secret("key"), stdout: "key" });
    });

    it("rejects with the exit status and the last lines of a failed script", async () => {
        const failed = create({ create: "seq 100; echo the reason >&2; exit 3" });
        await expect(failed).rejects.toThrow("the local command failed with exit status 3\nthe reason");
        await expect(create({ create: "seq 100; exit 1" })).rejects.toThrow(/status 1\n81\n82\n(\d+\n)*100$/);
    });

    it("rejects an interpreter and a folder that do not exist", async () => {
        await expect(create({ create: "true", interpreter: ["/none"] })).rejects.toThrow("/none cannot be started");
        await expect(create({ create: "true", dir: "/none" })).rejects.toThrow("cannot be started");
    });

    it.each([
        ["passes the previous output to update", { update: "echo was $PULUMI_COMMAND_STDOUT" }, "was one"],
        ["runs create where update is missing", { create: "echo again" }, "again"],
        ["keeps the output where no script exists", { delete: "false" }, "one"],
        [
            "hides the previous output on demand",
            { create: "echo was $PULUMI_COMMAND_STDOUT", addPreviousOutputInEnv: false },
            "was",
        ],
    ])("%s", async (_, inputs, stdout) => {
        const previous = { stdout: "one", stderr: "two" };
        expect(await newProvider().provider.run("update", urn, inputs, previous, 0)).toMatchObject({ stdout });
    });

    it.each([
        ["stdout", ["out", "last"]],
        ["stderr", ["err"]],
        ["none", []],
    ])("logs complete lines of %s", async (logging, lines) => {
        const { provider, logged } = newProvider();
        await provider.run("create", urn, { create: "echo out; echo err >&2; printf last", logging }, {}, 0);
        expect(logged).toEqual(lines);
    });

    it("ends a script that exceeds its timeout", async () => {
        await expect(create({ create: "exec sleep 600" }, 0.2)).rejects.toThrow("timed out");
    });

    it("ends a script with its children when it stops", async () => {
        const { provider } = newProvider();
        const file = join(folder, "pid");
        const failed = expect(
            provider.run("create", urn, { create: `sleep 600 & echo $! >${file}; wait` }, {}, 0),
        ).rejects.toThrow("interrupted");
        const child = async (): Promise<string> => {
            const pid = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
            return pid !== "" ? pid : setTimeout(20).then(child);
        };
        const pid = await child();
        await provider.stop();
        await failed;
        const running = () => existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
        while (running()) {
            await setTimeout(20);
        }
    });
});

describe("failures", () => {
    const connection = { host: "lb", privateKey: secret("key"), hostKey: "key" };

    it("accepts what the lab uses, also while values are unknown", () => {
        expect(failures(urn, { create: "true", triggers: [1, { a: null }], logging: "none", dir: null })).toEqual([]);
        expect(failures(remoteUrn, { create: unknown, connection })).toEqual([]);
        expect(failures(remoteUrn, { connection: { ...connection, port: unknown } })).toEqual([]);
        expect(failures(remoteUrn, { connection: secret(unknown) })).toEqual([]);
    });

    it("names the property that is not supported, missing or wrong", () => {
        const properties = (of: string, inputs: Record<string, unknown>) => failures(of, inputs).map((f) => f.property);
        expect(properties(urn, { create: "true", assetPaths: ["*"] })).toEqual(["assetPaths"]);
        expect(properties(remoteUrn, { create: "true", environment: {} })).toEqual(["connection", "environment"]);
        expect(properties(remoteUrn, { connection: { ...connection, password: "x" } })).toEqual([
            "connection.password",
        ]);
        expect(properties(urn, { logging: "all" })).toEqual(["logging"]);
    });

    it("rejects another resource type", () => {
        expect(() => failures("urn:pulumi:dev::lab::command:remote:CopyToRemote::x", {})).toThrow("CopyToRemote");
    });
});

describe("changes", () => {
    it("finds none between equal inputs, secret or not", () => {
        expect(changes({ stdin: "a", triggers: ["1"] }, { stdin: secret("a"), triggers: ["1"], dir: null })).toEqual({
            changed: [],
            replacing: [],
        });
    });

    it("replaces for triggers and updates for other inputs", () => {
        expect(changes({ triggers: ["1"] }, { triggers: ["2"] })).toEqual({
            changed: ["triggers"],
            replacing: ["triggers"],
        });
        expect(changes({ create: "a", stdin: "b" }, { create: "b" })).toEqual({
            changed: ["create", "stdin"],
            replacing: [],
        });
    });
});

describe("plain", () => {
    it("removes marks of secrets and nulls at every depth", () => {
        expect(plain({ a: secret({ b: [secret(1)], c: null }), d: null })).toEqual({ a: { b: [1] } });
    });
});
