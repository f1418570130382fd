import { expect, it } from "vitest";
import { cellContext, type FakeMachine, resultOf } from "../fake-host.ts";
import { rootRights } from "./root-rights.ts";

const image = { "/lab/.lab/image/disk.qcow2": "", "/lab/.lab/image/vmlinuz": "", "/lab/.lab/image/initrd.img": "" };

const fresh: FakeMachine = {
    programs: ["dpkg-query", "sudo"],
    files: { "/lab/toolchain/packages.txt": "jq\n" },
    commands: { "sudo --non-interactive true": "" },
};

const buildAsRoot = `su --command 'LAB_CACHE="/home/ann/.cache/certificate-lab" make image'`;

const withSudo = (stderr: string): FakeMachine => ({
    ...fresh,
    commands: { "sudo --non-interactive true": { exitCode: 1, stderr } },
});

it("passes for root", async () => {
    expect(await resultOf(rootRights, { ...fresh, user: { uid: 0 } })).toMatchObject({ state: "ok" });
});

it("passes with sudo that needs no password", async () => {
    expect(await resultOf(rootRights, fresh)).toEqual({
        state: "ok",
        detail: "sudo works without a password; needed to install packages and to build the image",
    });
});

it("warns that sudo needs a password", async () => {
    expect(await resultOf(rootRights, withSudo("sudo: a password is required\n"))).toMatchObject({
        state: "warn",
        remedy: "sudo --validate",
    });
});

it("fails when sudo needs a password and there is no terminal", async () => {
    const machine = { ...withSudo("sudo: a password is required\n"), hasTerminal: false };
    expect(await resultOf(rootRights, machine)).toMatchObject({ state: "fail", remedy: "make up" });
});

it("fails with sudo's reason when sudo refuses", async () => {
    const refusal = 'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.\n';
    expect(await resultOf(rootRights, withSudo(refusal))).toMatchObject({
        state: "fail",
        detail: expect.stringContaining("no new privileges"),
    });
});

it("fails without sudo while packages are missing", async () => {
    expect(await resultOf(rootRights, { ...fresh, programs: ["dpkg-query"] })).toMatchObject({
        state: "fail",
        detail: "sudo is not installed; root's rights are needed to install packages and to build the image",
        remedy: "su --command 'apt-get install --yes --no-install-recommends jq'",
    });
});

it("passes without sudo for the image's build where user namespaces map subordinate IDs", async () => {
    const machine: FakeMachine = {
        ...fresh,
        programs: ["dpkg-query", "newuidmap", "unshare"],
        files: { ...fresh.files, "/etc/subuid": "learner:100000:65536\n" },
        commands: {
            "dpkg-query": "jq installed\n",
            "unshare --user --map-root-user --map-auto --net --mount true": "",
        },
        user: { name: "learner" },
    };
    expect(await resultOf(rootRights, machine)).toMatchObject({ state: "ok" });
    const forbidden = { ...machine.commands, unshare: { exitCode: 1, stderr: "Operation not permitted" } };
    delete (forbidden as Record<string, unknown>)["unshare --user --map-root-user --map-auto --net --mount true"];
    expect(await resultOf(rootRights, { ...machine, commands: forbidden })).toMatchObject({
        state: "fail",
        remedy: buildAsRoot,
    });
});

it("leaves the image out while the package uidmap is missing", async () => {
    const machine = { ...fresh, files: { "/lab/toolchain/packages.txt": "uidmap\n" } };
    expect(await resultOf(rootRights, machine)).toMatchObject({
        detail: "sudo works without a password; needed to install packages",
    });
});

it("passes without sudo when packages are installed and the image is built, or is not built here", async () => {
    const installed: FakeMachine = {
        ...fresh,
        programs: ["dpkg-query"],
        commands: { "dpkg-query": "jq installed\n" },
    };
    expect(await resultOf(rootRights, { ...installed, files: { ...fresh.files, ...image } })).toMatchObject({
        state: "ok",
    });
    expect(await resultOf(rootRights, installed, cellContext({ buildsImage: false }))).toMatchObject({ state: "ok" });
    expect(await resultOf(rootRights, installed)).toMatchObject({ state: "fail", remedy: buildAsRoot });
});
