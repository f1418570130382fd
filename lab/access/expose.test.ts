import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { needs } from "../../tests/programs";
import { Cell, CellError } from "../cell/cell";
import { isAlive } from "../cell/process";
import { addExposeCommand, endExposure, expose } from "./expose";

const lab = vi.hoisted(() => ({ isStopped: false }));
vi.mock("../cell/namespaces", () => ({
    inCell: (_: unknown, command: string[]) => {
        if (lab.isStopped) {
            throw new CellError("The lab is stopped.");
        }
        return command;
    },
    scope: () => [],
}));

const { it } = needs("socat", "ss");

let state: string;
let cell: Cell;
const errors: string[] = [];

beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), "expose-"));
    vi.stubEnv("LAB_STATE", state);
    vi.spyOn(console, "log").mockReturnValue();
    vi.spyOn(console, "error").mockImplementation((text) => void errors.push(text));
    errors.length = 0;
    lab.isStopped = false;
    cell = Cell.create("unit-test");
});

afterEach(() => {
    endExposure(Cell.open(cell.id) as Cell);
    cell.remove();
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    rmSync(state, { recursive: true });
    process.exitCode = undefined;
});

async function run(...args: string[]): Promise<void> {
    const program = new Command("lab").option("--stack <name>").exitOverride();
    addExposeCommand(program);
    await program.parseAsync(["--stack", "unit-test", "expose", ...args], { from: "user" });
}

/** A server on a free port, which the system chooses. */
async function listen(address?: string) {
    const server = createServer().listen(0, address);
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return { port, close: () => new Promise((resolve) => server.close(resolve)) };
}

async function freePort(): Promise<number> {
    const { port, close } = await listen("127.0.0.1");
    await close();
    return port;
}

const exposed = () => Cell.open(cell.id)?.record.exposed ?? [];

it("forwards ports in place of earlier ones", async () => {
    const [host, lb, other] = [await freePort(), await freePort(), await freePort()];
    await run("--host", `${host}`, "--lb", `${lb}`);
    await run("--host", `${host}`, "--lb", `${other}`);
    expect(errors).toEqual([]);
    expect(exposed().map(({ port }) => port)).toEqual([host, other]);
    expect(exposed().every(({ process: one }) => one && isAlive(one))).toBe(true);
    await run("--stop");
    expect(exposed()).toEqual([]);
});

it("rejects bad values and ports that are in use, and keeps the earlier ones", async () => {
    const [host, lb, taken] = [await freePort(), await freePort(), await listen("0.0.0.0")];
    await run("--host", `${host}`, "--lb", `${lb}`);
    const before = exposed();
    await run("--lb", "ssh");
    await run("--address", "192.0.2.1");
    await run("--address", "::1");
    await run("--host", `${host}`, "--lb", `${taken.port}`);
    lab.isStopped = true;
    await run("--host", `${host}`, "--lb", `${lb}`);
    expect(errors).toEqual([
        "ssh is no port. Choose one from 1024 to 65535: lab expose --host 2220 --lb 2201",
        "192.0.2.1 is no IPv4 address of this machine. List them: ip -brief -4 address",
        "::1 is no IPv4 address of this machine. List them: ip -brief -4 address",
        `Port ${taken.port} of 127.0.0.1 is in use. Choose another: lab expose --lb PORT`,
        "The lab is stopped.",
    ]);
    expect(exposed()).toEqual(before);
    expect(before.every(({ process: one }) => one && isAlive(one))).toBe(true);
    await taken.close();
});

it("keeps the ports of a lab that cannot be exposed again", async () => {
    const taken = await listen("127.0.0.1");
    const port = { machine: "lb", address: "127.0.0.1", port: taken.port } as const;
    cell.update({ exposed: [port] });
    await expect(expose(cell, [port])).rejects.toThrow("is in use");
    expect(cell.record.exposed).toEqual([port]);
    await taken.close();
});
