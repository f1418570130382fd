import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { totalMemory } from "../../hypervisor/machine-sizes.ts";
import { cellContext, type FakeMachine, remoteContext, resultOf } from "../fake-host.ts";
import { debianKeyring, diskForBuild, hypervisorVersions, image, imageBeforeBuild, memoryForBuild } from "./build.ts";

const files = { "/lab/.lab/image/disk.qcow2": "", "/lab/.lab/image/vmlinuz": "", "/lab/.lab/image/initrd.img": "" };
const built: FakeMachine = { files };

describe("image", () => {
    it("passes when all of its files exist", async () => {
        expect(await resultOf(image, built)).toMatchObject({ state: "ok" });
    });

    it("fails with the missing files", async () => {
        const machine = { files: { "/lab/.lab/image/disk.qcow2": "" } };
        expect(await resultOf(image, machine)).toEqual({
            state: "fail",
            detail: "/lab/.lab/image lacks vmlinuz, initrd.img",
            remedy: "make image",
        });
    });

    it("is pending for lab doctor, unless the setting names another folder", async () => {
        expect(await resultOf(imageBeforeBuild, {})).toMatchObject({ state: "pending" });
        expect(await resultOf(imageBeforeBuild, built)).toMatchObject({ state: "ok" });
        expect(await resultOf(imageBeforeBuild, {}, cellContext({ buildsImage: false }))).toMatchObject({
            state: "fail",
            remedy: "pulumi config rm image && make image",
        });
    });
});

it("the checks for builds do not apply to a user's own image, and pass when the image is built", async () => {
    for (const check of [memoryForBuild, diskForBuild, debianKeyring]) {
        expect(check.applies(cellContext({ buildsImage: false }))).toBe(false);
        expect(await resultOf(check, built)).toMatchObject({ state: "ok" });
    }
});

describe("memory for builds", () => {
    it("passes with 3 GiB and fails with less", async () => {
        expect(await resultOf(memoryForBuild, { memory: 3072 })).toMatchObject({ state: "ok" });
        expect(await resultOf(memoryForBuild, { memory: 3071 })).toMatchObject({ state: "fail" });
    });
});

describe("disk for builds", () => {
    const gib = 1024;

    it("adds up the needs of one file system", async () => {
        expect(await resultOf(diskForBuild, { paths: ["/"], disk: { "/": 33 * gib } })).toMatchObject({ state: "ok" });
        expect(await resultOf(diskForBuild, { paths: ["/"], disk: { "/": 32 * gib } })).toEqual({
            state: "fail",
            detail: "32.0 GiB are free in /, the builds and the lab need 33.0 GiB",
            remedy: "df --human-readable /",
        });
    });

    it("counts each file system separately", async () => {
        const machine: FakeMachine = {
            paths: ["/home/ann", "/var/tmp"],
            devices: { "/home/ann": 2, "/var/tmp": 3 },
            disk: { "/home/ann": 29 * gib, "/var/tmp": 4 * gib },
        };
        expect(await resultOf(diskForBuild, machine)).toMatchObject({ state: "ok" });
        const full = { ...machine, disk: { "/home/ann": 29 * gib, "/var/tmp": 3 * gib } };
        expect(await resultOf(diskForBuild, full)).toMatchObject({
            state: "fail",
            remedy: "df --human-readable /var/tmp",
        });
    });

    it("counts Go's caches where the environment puts them, and less when they are filled", async () => {
        const machine: FakeMachine = {
            environment: { HOME: "/home/ann", GOCACHE: "/go/build", GOMODCACHE: "/go/mod" },
            paths: ["/go", "/"],
            devices: { "/go": 2 },
            disk: { "/go": 12 * gib, "/": 21 * gib },
        };
        expect(await resultOf(diskForBuild, machine)).toMatchObject({ state: "ok" });
        const filled = { ...machine, disk: { "/go": gib, "/": 21 * gib } };
        expect(await resultOf(diskForBuild, filled)).toMatchObject({ state: "fail" });
        const programs = "/home/ann/.cache/certificate-lab/programs";
        expect(await resultOf(diskForBuild, { ...filled, paths: ["/go", programs], disk: 21 * gib })).toMatchObject({
            state: "ok",
        });
    });

    it("leaves the lab's disk out when the lab is on another machine", async () => {
        const machine: FakeMachine = { paths: ["/"], disk: 20 * gib };
        expect(await resultOf(diskForBuild, machine, remoteContext())).toMatchObject({ state: "ok" });
        expect(await resultOf(diskForBuild, machine)).toMatchObject({ state: "fail" });
    });
});

it.each([
    ["README.md", /(\d+) GiB of disk\. Free memory: (\d+) GiB with KVM, (\d+) GiB without/],
    ["README.ja.md", /ディスク(\d+) GiB。空きメモリは、KVMがあれば(\d+) GiB、なければ(\d+) GiB/],
])("%s names the disk and the memory that the checks need", async (file, pattern) => {
    const [, disk, kvm, tcg] = pattern.exec(readFileSync(file, "utf8")) ?? [];
    const { detail } = await resultOf(diskForBuild, { paths: ["/"] });
    expect(detail).toContain(`the builds and the lab need ${disk}.0 GiB`);
    expect(Number(kvm) * 1024).toBeGreaterThanOrEqual(totalMemory("kvm"));
    expect(Number(tcg) * 1024).toBeGreaterThanOrEqual(totalMemory("tcg"));
});

describe("Debian's keyring", () => {
    const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
    const install = "sudo apt-get install --yes --no-install-recommends debian-archive-keyring";
    const ubuntu: FakeMachine = {
        programs: ["sudo"],
        files: { "/lab/image/versions.env": "# versions\nDEBIAN_SUITE=trixie\n" },
        commands: { "sudo --non-interactive true": "" },
    };

    it("passes with the suite's key", async () => {
        const paths = [keyring, "/usr/share/keyrings/debian-archive-trixie-automatic.gpg"];
        expect(await resultOf(debianKeyring, { ...ubuntu, paths })).toMatchObject({ state: "ok" });
    });

    it("fails without Debian's keys", async () => {
        expect(await resultOf(debianKeyring, ubuntu)).toMatchObject({ state: "fail", remedy: install });
    });

    it("is pending when make up installs the keys", async () => {
        const packages = { "/lab/toolchain/packages.txt": "debian-archive-keyring\n" };
        expect(await resultOf(debianKeyring, { ...ubuntu, files: { ...ubuntu.files, ...packages } })).toMatchObject({
            state: "pending",
        });
    });

    it("warns when the keys are older than the suite", async () => {
        expect(await resultOf(debianKeyring, { ...ubuntu, paths: [keyring] })).toMatchObject({
            state: "warn",
            detail: expect.stringContaining("trixie"),
            remedy: install,
        });
    });
});

describe("QEMU and libvirt", () => {
    const installed = (libvirt: string, qemu: string): FakeMachine => ({
        programs: ["libvirtd", "qemu-system-x86_64", "sudo"],
        commands: {
            "libvirtd --version": `libvirtd (libvirt) ${libvirt}\n`,
            "qemu-system-x86_64 --version": `QEMU emulator version ${qemu} (Debian 1:${qemu})\nCopyright\n`,
        },
    });
    const offered = (libvirt: string, qemu: string): FakeMachine => ({
        programs: ["apt-cache", "sudo"],
        commands: {
            "apt-cache policy libvirt-daemon-system": `libvirt-daemon-system:\n  Installed: (none)\n  Candidate: ${libvirt}\n`,
            "apt-cache policy qemu-system-x86": `qemu-system-x86:\n  Installed: (none)\n  Candidate: ${qemu}\n`,
        },
    });

    it("passes with installed versions", async () => {
        expect(await resultOf(hypervisorVersions, installed("9.0.0", "7.2.22"))).toEqual({
            state: "ok",
            detail: "libvirt 9.0.0, QEMU 7.2.22",
        });
    });

    it.each([
        ["libvirt", installed("7.0.0", "7.2.22"), "libvirt 7.0.0 is older than 8.0.0"],
        ["QEMU", installed("9.0.0", "5.2.0"), "QEMU 5.2.0 is older than 6.2.0"],
    ])("fails with an old %s", async (_, machine, detail) => {
        expect(await resultOf(hypervisorVersions, machine)).toMatchObject({ state: "fail", detail });
    });

    it("evaluates what apt would install", async () => {
        expect(await resultOf(hypervisorVersions, offered("10.0.0-2ubuntu8", "1:8.2.2+ds-0ubuntu1"))).toMatchObject({
            state: "ok",
        });
        expect(await resultOf(hypervisorVersions, offered("6.0.0-0ubuntu8", "1:4.2-3ubuntu6"))).toMatchObject({
            state: "fail",
            remedy: "sudo do-release-upgrade",
        });
        expect(await resultOf(hypervisorVersions, offered("(none)", "(none)"))).toMatchObject({ state: "pending" });
    });

    it("evaluates the versions of a remote hypervisor", async () => {
        const context = remoteContext({ libvirtUri: "qemu+tls://server/system" });
        const versions = (libvirt: string) =>
            `Using API: QEMU 9.9.9\nRunning hypervisor: QEMU 7.2.22\nRunning against daemon: ${libvirt}\n`;
        const machine = (libvirt: string): FakeMachine => ({
            programs: ["virsh"],
            commands: {
                "virsh --quiet --connect": "",
                "virsh --quiet --connect qemu+tls://server/system version": versions(libvirt),
            },
        });
        expect(await resultOf(hypervisorVersions, machine("9.0.0"), context)).toMatchObject({ state: "ok" });
        expect(await resultOf(hypervisorVersions, machine("7.0.0"), context)).toMatchObject({ state: "fail" });
        expect(await resultOf(hypervisorVersions, {}, context)).toMatchObject({ state: "pending" });
    });
});
