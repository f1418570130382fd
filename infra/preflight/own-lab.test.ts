import { output, runtime } from "@pulumi/pulumi";
import { afterEach, describe, expect, it, vi } from "vitest";
import { parseSettings } from "../config/settings";
import { fakeHost } from "./fake-host.ts";
import { assertOwnLab } from "./own-lab.ts";
import { PreflightError } from "./preflight.ts";

const own = "SHA256:08hZL14v77nw0L05vmF1sO087CQlH+hfGAudG1DnKR8";
const xmlWith = (fingerprint: string) =>
    `<network><metadata><lab:key xmlns:lab='x'>${fingerprint}</lab:key></metadata></network>`;

const check = (networks: string, xml = "", settings: Record<string, string> = {}) =>
    assertOwnLab(
        parseSettings(settings),
        output(own),
        fakeHost({
            programs: ["virsh"],
            opens: { "/var/run/libvirt/libvirt-sock": "" },
            commands: {
                "virsh --quiet --connect qemu:///system": "",
                "virsh --quiet --connect qemu:///system net-list": networks,
                "virsh --quiet --connect qemu:///system net-dumpxml certificate-lab-front": xml,
            },
        }),
    );

describe("assertOwnLab", () => {
    afterEach(() => vi.restoreAllMocks());

    it("accepts a libvirtd without a lab of this name", async () => {
        await check("default\nother-front\n");
        await check("certificate-lab-front\n", "", { "certificate-lab:name": "other" });
    });

    it("accepts the stack's own lab", () => check("certificate-lab-front\n", xmlWith(own)));

    it("rejects another stack's lab of this name, and names the remedy", async () => {
        for (const xml of [xmlWith("SHA256:other"), "<network/>"]) {
            await expect(check("certificate-lab-front\n", xml)).rejects.toThrow(PreflightError);
            await expect(check("certificate-lab-front\n", xml)).rejects.toThrow(
                /^A lab named certificate-lab exists at qemu:\/\/\/system.*config set name .*config set network /s,
            );
        }
    });

    it("checks nothing in a preview", async () => {
        vi.spyOn(runtime, "isDryRun").mockReturnValue(true);
        await check("certificate-lab-front\n", xmlWith("SHA256:other"));
    });
});
