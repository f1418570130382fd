import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { fakePrograms } from "../lib/fake-programs";
import { parseJson } from "../lib/json";
import { FakeLibvirt } from "./fake-libvirt";
import { ForeignLabError, type RecoverOptions, recoverStack } from "./recover-stack";

const domain = (name: string) => ({
    urn: `urn:pulumi:dev::certificate-lab::libvirt:index/domain:Domain::${name}`,
    type: "libvirt:index/domain:Domain",
    inputs: { name },
});

describe("recoverStack", () => {
    const programs = fakePrograms();
    let libvirt: FakeLibvirt;
    let messages: string[];

    const path = (name: string) => join(programs.folder, name);

    /** The stack's state, with these libvirt objects, and others that an update has begun to create. */
    const state = (stack: string, known: string[], pending: string[] = []) =>
        writeFile(
            path(`${stack}.json`),
            JSON.stringify({
                version: 3,
                deployment: {
                    resources: known.map(domain),
                    pending_operations: pending.map((name) => ({ type: "creating", resource: domain(name) })),
                },
            }),
        );

    const imported = async (stack: string) =>
        parseJson(await readFile(path(`imported-${stack}.json`), "utf8").catch(() => "")) as
            | { deployment: object }
            | undefined;

    /** A lock of this process, which is no Pulumi, or of a process elsewhere. */
    const lock = async (stack: string, host = hostname()) => {
        const folder = path(`state/.pulumi/locks/organization/certificate-lab/${stack}`);
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, "lock.json"), JSON.stringify({ pid: process.pid, hostname: host }));
        return join(folder, "lock.json");
    };

    const recover = (options: RecoverOptions = {}) =>
        recoverStack("dev", { log: (message) => messages.push(message), virshAt: () => libvirt.virsh, ...options });

    beforeEach(async () => {
        libvirt = new FakeLibvirt({ domains: ["certificate-lab-lb", "other-lb"] });
        messages = [];
        vi.stubEnv("PULUMI_BACKEND_URL", `file://${path("state")}`);
        await programs.make(
            "pulumi",
            `cd "${programs.folder}"
            case "$1 $2" in
            "stack export") cat "$4.json" ;;
            "stack import") cat >"imported-$4.json" ;;
            "config --json") cat config.json ;;
            *) echo "unexpected: pulumi $*" >&2; exit 1 ;;
            esac`,
        );
        await writeFile(path("config.json"), "{}");
        await state("dev", []);
    });

    it("removes orphans, locks and pending operations of an interrupted update", async () => {
        await state("dev", ["certificate-lab-host"], ["certificate-lab-lb"]);
        const [own, other] = [await lock("dev"), await lock("dev-2")];
        await recover();
        expect(messages).toEqual([
            "Removing domain certificate-lab-lb, which is not in the stack's state.",
            `Releasing the lock of an interrupted update (process ${process.pid}).`,
            "Dropping the pending operations of an interrupted update.",
        ]);
        expect(libvirt.objects.domains).toEqual(["other-lb"]);
        expect([existsSync(own), existsSync(other)]).toEqual([false, true]);
        expect(await imported("dev")).toEqual({
            version: 3,
            deployment: { resources: [domain("certificate-lab-host")] },
        });
    });

    it("removes what an update was creating that was interrupted at its beginning", async () => {
        await state("dev", [], ["certificate-lab-host"]);
        await recover();
        expect(libvirt.objects.domains).toEqual(["other-lb"]);
    });

    it("changes nothing while an update is running", async () => {
        await state("dev", ["certificate-lab-host"], ["certificate-lab-lb"]);
        const held = await lock("dev", "elsewhere");
        await recover();
        expect(messages).toEqual([]);
        expect(existsSync(held)).toBe(true);
        expect(libvirt.objects.domains).toContain("certificate-lab-lb");
        expect(await imported("dev")).toBeUndefined();
    });

    it("imports nothing when no operation is pending", async () => {
        await state("dev", ["certificate-lab-lb"]);
        await recover();
        expect(messages).toEqual([]);
        expect(await imported("dev")).toBeUndefined();
    });

    it("changes nothing when Pulumi cannot read the stack", async () => {
        const own = await lock("dev");
        for (const content of [undefined, "error"]) {
            await rm(path("dev.json"), { force: true });
            if (content) {
                await writeFile(path("dev.json"), content);
            }
            await recover();
        }
        expect(existsSync(own)).toBe(true);
        expect(libvirt.commands).toEqual([]);
    });

    it("keeps the signs of the interruption when a removal fails", async () => {
        await state("dev", ["certificate-lab-host"], ["certificate-lab-lb"]);
        const own = await lock("dev");
        libvirt.failing = ["undefine"];
        await expect(recover()).rejects.toThrow("undefine");
        expect(existsSync(own)).toBe(true);
        expect(await imported("dev")).toBeUndefined();
        libvirt.failing = [];
        await recover();
        expect(libvirt.objects.domains).toEqual(["other-lb"]);
        expect(await imported("dev")).toBeDefined();
    });

    it("releases locks only when libvirt does not respond", async () => {
        await state("dev", ["certificate-lab-host"], ["certificate-lab-lb"]);
        const own = await lock("dev");
        libvirt.failing = ["list"];
        await recover();
        expect(existsSync(own)).toBe(false);
        expect(await imported("dev")).toBeUndefined();
    });

    it("reports on request why it changed nothing", async () => {
        libvirt.failing = ["list"];
        await recover({ requested: true });
        await lock("dev", "elsewhere");
        await recover({ requested: true });
        expect(messages).toEqual([
            expect.stringContaining("libvirt does not respond"),
            "An update of the stack is running. Nothing was changed.",
        ]);
        await rm(path("dev.json"));
        await expect(recover({ requested: true })).rejects.toThrow("pulumi stack export failed");
    });

    describe("beside a lab that is not in the stack's state", () => {
        it.each([
            ["empty", []],
            ["of another lab", ["other-lb"]],
        ])("refuses a stack that is %s, and names the choices", async (_, known) => {
            await state("dev", known);
            const error = await recover().catch((reason: unknown) => reason);
            expect(error).toBeInstanceOf(ForeignLabError);
            expect((error as Error).message).toContain("A lab named certificate-lab already exists at qemu:///system");
            expect((error as Error).message).toContain("lab --stack dev recover --force");
            expect(libvirt.objects.domains).toContain("certificate-lab-lb");
        });

        it("refuses also after an interruption", async () => {
            await lock("dev");
            await expect(recover()).rejects.toThrow(ForeignLabError);
            expect(libvirt.objects.domains).toContain("certificate-lab-lb");
        });

        it("removes it with force", async () => {
            await recover({ force: true });
            expect(libvirt.objects.domains).toEqual(["other-lb"]);
        });

        it("accepts another name and hypervisor", async () => {
            const config = {
                "certificate-lab:name": { value: "mine" },
                "certificate-lab:libvirtUri": { value: "test:///" },
            };
            await writeFile(path("config.json"), JSON.stringify(config));
            const virshAt = vi.fn(() => libvirt.virsh);
            await recover({ virshAt });
            expect(virshAt).toHaveBeenCalledWith("test:///");
        });
    });

    describe("with another backend than Pulumi's file backend", () => {
        beforeEach(() => {
            vi.stubEnv("PULUMI_BACKEND_URL", "s3://bucket");
        });

        it("changes nothing: a running update has pending operations, too", async () => {
            await state("dev", ["certificate-lab-host"], ["certificate-lab-lb"]);
            await recover();
            expect(libvirt.commands).toEqual([]);
            expect(await imported("dev")).toBeUndefined();
        });

        it("recovers on request", async () => {
            await state("dev", ["certificate-lab-host"], ["certificate-lab-lb"]);
            await recover({ requested: true });
            expect(libvirt.objects.domains).toEqual(["other-lb"]);
            expect(await imported("dev")).toBeDefined();
        });
    });
});
