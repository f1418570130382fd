import { expect, it } from "vitest";
import { scope } from "./namespaces";

const cell = (rootless: boolean) => ({
    id: "dev-1a2b3c",
    record: { stack: "dev", repository: "/r", created: "", rootless, clockOffset: 0, exposed: [] },
});

it("puts an ordinary user's cell into a scope of the user's systemd", () => {
    const exists = (path: unknown) => path === "/run/user/1000/systemd/private";
    expect(scope(cell(true), { XDG_RUNTIME_DIR: "/run/user/1000" }, exists).join(" ")).toBe(
        "systemd-run --user --scope --quiet --collect --unit=certificate-lab-dev-1a2b3c --",
    );
});

it("puts root's cell into a scope of the system's", () => {
    expect(scope(cell(false), {}, (path) => path === "/run/systemd/system")).not.toContain("--user");
});

it("needs no systemd", () => {
    expect(scope(cell(true), {}, () => false)).toEqual([]);
});
