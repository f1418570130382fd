import { describe, expect, it } from "vitest";
import { cellContext, type FakeMachine, resultOf, systemContext } from "../fake-host.ts";
import { subordinateIds, uidmap, userNamespaces } from "./namespaces.ts";

const ranges = { "/etc/subuid": "ann:100000:65536\n", "/etc/subgid": "1000:100000:65536\n" };

const able: FakeMachine = {
    programs: ["newuidmap", "newgidmap", "sudo", "unshare"],
    files: ranges,
    commands: { "unshare --user --map-root-user --map-auto --net --mount true": "" },
};

const root = { uid: 0, name: "root" };

it("the checks apply to cells, and root's cell needs none of them", async () => {
    for (const check of [uidmap, subordinateIds, userNamespaces]) {
        expect(check.applies(cellContext())).toBe(true);
        expect(check.applies(systemContext())).toBe(false);
        expect(await resultOf(check, { user: root })).toMatchObject({ state: "ok" });
    }
});

describe("uidmap", () => {
    it("passes when its programs are installed", async () => {
        expect(await resultOf(uidmap, able)).toMatchObject({ state: "ok" });
    });

    it("is pending while make up is going to install it", async () => {
        const machine: FakeMachine = {
            programs: ["sudo"],
            files: { "/lab/toolchain/packages.txt": "uidmap\n" },
            commands: { "sudo --non-interactive true": "" },
        };
        expect(await resultOf(uidmap, machine)).toMatchObject({ state: "pending" });
    });

    it("fails when one of its programs is missing", async () => {
        expect(await resultOf(uidmap, { programs: ["newuidmap"] })).toEqual({
            state: "fail",
            detail: "not installed: newgidmap",
            remedy: "su --command 'apt-get install --yes --no-install-recommends uidmap'",
        });
    });
});

describe("subordinate IDs", () => {
    it("passes with a range by name or number", async () => {
        expect(await resultOf(subordinateIds, able)).toMatchObject({ state: "ok" });
    });

    it("fails without a range and names one that is free", async () => {
        const files = { "/etc/subuid": "bob:100000:65536\nann:5:10\n", "/etc/subgid": "# none\n" };
        expect(await resultOf(subordinateIds, { ...able, files })).toEqual({
            state: "fail",
            detail: "ann has no range of 65536 IDs in /etc/subuid and /etc/subgid",
            remedy: "sudo usermod --add-subuids 165536-231071 --add-subgids 100000-165535 ann",
        });
    });

    it("fails when one file has no range", async () => {
        const files = { "/etc/subuid": ranges["/etc/subuid"] };
        expect(await resultOf(subordinateIds, { ...able, files })).toMatchObject({
            remedy: "sudo usermod --add-subgids 100000-165535 ann",
        });
    });
});

describe("user namespaces", () => {
    const refused = (stderr: string, files: Record<string, string> = {}): FakeMachine => ({
        ...able,
        files: { ...ranges, ...files },
        commands: { unshare: { exitCode: 1, stderr } },
    });

    it("passes when the test succeeds", async () => {
        expect(await resultOf(userNamespaces, able)).toMatchObject({ state: "ok" });
    });

    it("is pending when the test had no range of IDs to map", async () => {
        const machine = { ...able, files: {}, commands: { "unshare --user --map-root-user --net --mount true": "" } };
        expect(await resultOf(userNamespaces, machine)).toMatchObject({ state: "pending" });
    });

    it.each([
        ["kernel.unprivileged_userns_clone", "0", "sudo sysctl --write kernel.unprivileged_userns_clone=1"],
        ["user.max_user_namespaces", "0", "sudo sysctl --write user.max_user_namespaces=15000"],
        [
            "kernel.apparmor_restrict_unprivileged_userns",
            "1",
            "sudo sysctl --write kernel.apparmor_restrict_unprivileged_userns=0",
        ],
    ])("fails with %s = %s", async (setting, value, remedy) => {
        const file = `/proc/sys/${setting.replaceAll(".", "/")}`;
        const machine = refused("unshare: unshare failed: Operation not permitted\n", { [file]: `${value}\n` });
        expect(await resultOf(userNamespaces, machine)).toEqual({
            state: "fail",
            detail: expect.stringMatching(`^${setting} is ${value}: .*sudo make up`),
            remedy,
        });
    });

    it("fails with the kernel's message where no setting forbids it", async () => {
        expect(
            await resultOf(userNamespaces, refused("unshare: unshare failed: Operation not permitted\n")),
        ).toMatchObject({
            state: "fail",
            detail: expect.stringContaining("unshare failed: Operation not permitted"),
            remedy: "sudo make up",
        });
    });

    it("fails with an older util-linux", async () => {
        const machine = refused("unshare: unrecognized option '--map-auto'\nTry 'unshare --help'\n");
        expect(await resultOf(userNamespaces, machine)).toMatchObject({
            state: "fail",
            detail: expect.stringContaining("2.38"),
        });
    });
});
