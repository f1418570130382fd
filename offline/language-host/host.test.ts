import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ProgramInfo, RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { afterEach, describe, expect, it, vi } from "vitest";
import { installedDependencies, requiredPackages } from "./packages";
import { readOptions, runnerArguments, runProgram } from "./run";

const folders: string[] = [];
afterEach(() => {
    for (const folder of folders.splice(0)) {
        rmSync(folder, { recursive: true });
    }
});

/** A new folder with files, by path; a value that is no string is written as JSON. */
function folderWith(files: Record<string, unknown>): string {
    const folder = mkdtempSync(join(tmpdir(), "lab-language-host-"));
    folders.push(folder);
    for (const [name, content] of Object.entries(files)) {
        const file = join(folder, name);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    }
    return folder;
}

/** A program with a plugin's package of each kind: plain, indirect, parameterized and linked from another folder. */
function program(): string {
    const folder = folderWith({
        "package.json": {
            dependencies: { "@pulumi/command": "1.2.1", wrapper: "1.0.0", "@pulumi/libvirt": "file:sdks/libvirt" },
            optionalDependencies: { absent: "1.0.0" },
        },
        "node_modules/@pulumi/command/package.json": {
            name: "@pulumi/command",
            version: "1.2.1",
            pulumi: { resource: true },
        },
        "node_modules/wrapper/package.json": {
            name: "wrapper",
            version: "1.0.0",
            dependencies: { "@pulumi/random": "2" },
        },
        "node_modules/wrapper/node_modules/@pulumi/random/package.json": {
            name: "@pulumi/random",
            version: "2.0.0",
            pulumi: { resource: true, name: "random", version: "2.0.1", server: "https://plugins.example" },
        },
        "node_modules/unrelated/package.json": { name: "unrelated", version: "1.0.0", pulumi: { resource: true } },
        "sdks/libvirt/package.json": {
            name: "@pulumi/libvirt",
            version: "0.8.3",
            pulumi: {
                resource: true,
                name: "terraform-provider",
                version: "1.1.3",
                parameterization: {
                    name: "libvirt",
                    version: "0.8.3",
                    value: Buffer.from("remote").toString("base64"),
                },
            },
        },
    });
    symlinkSync("../../sdks/libvirt", join(folder, "node_modules/@pulumi/libvirt"));
    return folder;
}

describe("requiredPackages", () => {
    it("names plugin, version, server and parameter of each package once", () => {
        const packages = requiredPackages(program());
        const summary = packages.map((p) => [p.getName(), p.getVersion(), p.getServer()].join(" ").trim());
        expect(summary.sort()).toEqual([
            "command 1.2.1",
            "random 2.0.1 https://plugins.example",
            "terraform-provider 1.1.3",
        ]);
        const parameter = packages.find((p) => p.getName() === "terraform-provider")?.getParameterization();
        expect(parameter?.toObject()).toMatchObject({ name: "libvirt", version: "0.8.3" });
        expect(Buffer.from(parameter?.getValue_asU8() ?? []).toString()).toBe("remote");
    });

    it("names a package that is not installed, and the remedy", () => {
        const folder = program();
        rmSync(join(folder, "node_modules/wrapper"), { recursive: true });
        expect(() => requiredPackages(folder)).toThrow(/wrapper.*npm ci/);
    });

    it("names a package.json that it cannot read", () => {
        const folder = program();
        writeFileSync(join(folder, "node_modules/wrapper/package.json"), "{");
        expect(() => installedDependencies(folder)).toThrow("wrapper/package.json cannot be read");
    });
});

describe("runProgram", () => {
    /** A request to run a program with this runner in place of @pulumi/pulumi's. */
    function request(runner: string, options: Record<string, string | boolean> = {}): RunRequest {
        const folder = folderWith({
            "package.json": {},
            "node_modules/@pulumi/pulumi/package.json": { name: "@pulumi/pulumi" },
            "node_modules/@pulumi/pulumi/cmd/run/index.js": runner,
        });
        const info = new ProgramInfo()
            .setRootDirectory(folder)
            .setProgramDirectory(folder)
            .setEntryPoint(".")
            .setOptions(Struct.fromJavaScript(options));
        return new RunRequest().setPwd(folder).setStack("dev").setMonitorAddress("monitor:1").setInfo(info);
    }
    const never = new AbortController().signal;

    it("passes configuration, options and arguments to the runner", async () => {
        const toRun = request(
            `require("fs").writeFileSync("output", JSON.stringify([process.env, process.execArgv, process.argv.slice(2)]))`,
            { nodeargs: "--no-warnings --title=lab", tsconfig: "other.json", packagemanager: "npm" },
        )
            .setDryrun(true)
            .setConfigsecretkeysList(["lab:key"]);
        toRun.getConfigMap().set("lab:key", "value");
        const response = await runProgram(toRun, "engine:2", never);
        expect(response.toObject()).toEqual({ error: "", bail: false });
        const [environment, execArgv, argv] = JSON.parse(readFileSync(join(toRun.getPwd(), "output"), "utf8"));
        expect(environment).toMatchObject({
            PULUMI_CONFIG: '{"lab:key":"value"}',
            PULUMI_CONFIG_SECRET_KEYS: '["lab:key"]',
            PULUMI_NODEJS_TYPESCRIPT: "true",
            PULUMI_NODEJS_TSCONFIG_PATH: "other.json",
        });
        expect(execArgv).toEqual(["--no-warnings", "--title=lab"]);
        expect(argv.join(" ")).toMatch(/--monitor monitor:1 --engine engine:2 .*--stack dev .*--dry-run \.$/);
    });

    it.each([
        ["process.exit(32)", { bail: true, error: "" }],
        ["process.exit(3)", { bail: false, error: "the program ended with exit status 3" }],
        ["process.kill(process.pid, 'SIGKILL')", { bail: false, error: "the program was ended by SIGKILL" }],
    ])("reports the end of %s", async (runner, end) => {
        expect((await runProgram(request(runner), "engine:2", never)).toObject()).toEqual(end);
    });

    it("ends the program when the signal aborts", async () => {
        const cancel = new AbortController();
        const toRun = request(`require("fs").writeFileSync("output", ""); setInterval(() => {}, 1000)`);
        const response = runProgram(toRun, "engine:2", cancel.signal);
        await vi.waitUntil(() => existsSync(join(toRun.getPwd(), "output")), 50_000);
        cancel.abort();
        expect((await response).getError()).toBe("the program was canceled");
    });
});

describe("runnerArguments", () => {
    it("puts the entry point and the program's arguments last", () => {
        const toRun = new RunRequest().setInfo(new ProgramInfo().setEntryPoint("infra/index.ts")).setArgsList(["one"]);
        expect(runnerArguments(toRun, "engine:2").slice(-2)).toEqual(["infra/index.ts", "one"]);
        expect(runnerArguments(new RunRequest(), "engine:2").at(-1)).toBe(".");
    });
});

describe("readOptions", () => {
    it.each([
        { typescript: "yes" },
        { nodeargs: 1 },
        { nodeargs: "'open" },
        { packagemanager: "yarn" },
        { tsconfg: "misspelt.json" },
    ])("rejects %j", (options) => {
        expect(() => readOptions(options)).toThrow("Pulumi.yaml");
    });

    it("accepts typescript: false", () => {
        expect(readOptions({ typescript: false }).typescript).toBe(false);
    });
});

describe("main.ts", () => {
    it("prints its port, and ends with the engine that started it", async () => {
        // A shell in place of the engine starts the host and waits for it.
        const command = `"${process.execPath}" --import tsx offline/language-host/main.ts engine:2 & echo $!; wait`;
        const engine = spawn("sh", ["-c", command], { stdio: ["ignore", "pipe", "inherit"] });
        let output = "";
        engine.stdout.on("data", (data) => {
            output += data;
        });
        await vi.waitUntil(() => /^\d+\n\d+\n$/.test(output), 50_000);
        const host = output.split("\n")[0];
        expect(existsSync(`/proc/${host}`)).toBe(true);
        engine.kill("SIGKILL");
        const running = () =>
            existsSync(`/proc/${host}/stat`) && !readFileSync(`/proc/${host}/stat`, "utf8").includes(") Z ");
        await vi.waitUntil(() => !running(), 50_000);
    });
});
