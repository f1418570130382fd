import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { deadline, type Registration, runProgram } from "../run-program";

let home: string;
let registrations: Registration[];

/** The scripts of a file's command. */
function scripts(name: string): { create: string; delete: string } {
    return registrations.find((r) => r.name === name && r.type === "command:remote:Command")?.inputs;
}

/** Runs a script here instead of on host: as the user who runs the test, in a folder instead of /home/user. */
function run(script: string, stdin = ""): void {
    const { uid, gid } = userInfo();
    const here = script.replaceAll("/home/user", home).replaceAll("-o user -g user", `-o ${uid} -g ${gid}`);
    // sshd passes a pipe, but Node.js a socket.
    execFileSync("sh", ["-c", `cat | { ${here}; }`], { input: stdin });
}

beforeAll(async () => {
    registrations = await runProgram({});
}, deadline);
beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "remote-file-"));
});
afterEach(() => rmSync(home, { recursive: true }));

it("installs a file with its mode in a missing folder, replaces it, and deletes it", () => {
    const { create, delete: remove } = scripts("contestant-kubeconfig");
    const file = join(home, ".kube", "config");
    run(create, "first\n");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    run(create, "second");
    expect(readFileSync(file, "utf8")).toBe("second");
    run(remove);
    expect(existsSync(file)).toBe(false);
    run(remove);
});

it("leaves the mode of an existing folder", () => {
    mkdirSync(join(home, ".kube"), { mode: 0o700 });
    run(scripts("contestant-kubeconfig").create, "text");
    expect(statSync(join(home, ".kube")).mode & 0o777).toBe(0o700);
});

it("runs a command after installation and deletion", () => {
    const { create, delete: remove } = scripts("contestant-root-certificate");
    expect(create).toMatch(/ \/usr\/local\/share\/ca-certificates\/ictsc-root-ca\.crt && update-ca-certificates$/);
    expect(remove).toMatch(/^rm -f \S+ && update-ca-certificates --fresh$/);
});
