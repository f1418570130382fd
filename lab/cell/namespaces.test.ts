import { userInfo } from "node:os";
import { expect, it } from "vitest";
import type { Cell } from "./cell";
import { inCell, scope } from "./namespaces";
import { identify, type ProcessIdentity } from "./process";

const cell = (rootless: boolean, pause?: ProcessIdentity) =>
    ({
        id: "dev-1a2b3c",
        record: { stack: "dev", repository: "/r", created: "", rootless, clockOffset: 0, exposed: [], pause },
    }) as unknown as Cell;

const lingering = `/var/lib/systemd/linger/${userInfo().username}`;
const socket = "/run/user/1000/systemd/private";
const userScope = (...existing: unknown[]) =>
    scope(cell(true), { XDG_RUNTIME_DIR: "/run/user/1000" }, (path) => existing.includes(path)).join(" ");

it("puts each process of an ordinary user's cell into a scope of the cell's slice", () => {
    expect(userScope(socket, lingering)).toBe(
        "systemd-run --user --scope --quiet --collect --slice=certificate_lab-dev_1a2b3c.slice --",
    );
});

it("uses no scope that ends when the user logs out", () => {
    expect(userScope(socket)).toBe("");
});

it("puts root's cell into a scope of the system's", () => {
    expect(scope(cell(false), {}, (path) => path === "/run/systemd/system")).not.toContain("--user");
    expect(scope(cell(false), {}, (path) => path === "/run/systemd/system")).toContain("--scope");
});

it("needs no systemd", () => {
    expect(scope(cell(true), {}, () => false)).toEqual([]);
});

it("runs commands in the namespaces of a living process", () => {
    expect(inCell(cell(false, identify(process.pid)), ["true"])).toContain(String(process.pid));
});

it.each([
    ["a lab that was stopped", undefined],
    ["a lab that ran before a reboot of this machine", { pid: process.pid, startTime: "1", boot: "earlier" }],
])("names the remedy for %s", (_, pause) => {
    expect(() => inCell(cell(true, pause), ["true"])).toThrow(
        "The lab of the stack dev is stopped. Start it: lab start --stack dev",
    );
});
