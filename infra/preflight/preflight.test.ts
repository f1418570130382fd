import { describe, expect, it } from "vitest";
import { parseSettings } from "../config/settings";
import type { Surroundings } from "./host-facts";
import { preflight } from "./preflight";

const fine: Surroundings = {
    virsh: async () => "",
    fileExists: () => true,
    freeMemory: () => 16 * 1024,
    freeDisk: async () => 100 * 1024,
    routes: async () => '[{"dst":"default","dev":"eth0"},{"dst":"10.0.2.0/24","dev":"eth0"}]',
    kvmWorks: async () => true,
};

const check = (settings: Record<string, string>, surroundings: Partial<Surroundings>) =>
    preflight(
        parseSettings(Object.fromEntries(Object.entries(settings).map(([k, v]) => [`certificate-lab:${k}`, v]))),
        "certificate-lab-dev",
        { ...fine, ...surroundings },
    );

describe("preflight", () => {
    it("takes KVM where it works and emulation where it doesn't", async () => {
        expect(await check({}, {})).toEqual({ accelerator: "kvm" });
        expect(await check({}, { kvmWorks: async () => false })).toEqual({ accelerator: "tcg" });
        expect(await check({ accelerator: "tcg" }, {})).toEqual({ accelerator: "tcg" });
    });

    it("refuses KVM where no guest runs under it", async () => {
        await expect(check({ accelerator: "kvm" }, { kvmWorks: async () => false })).rejects.toThrow(
            "accelerator auto",
        );
    });

    it("names the missing part of the image", async () => {
        await expect(check({}, { fileExists: (path) => !path.endsWith("vmlinuz") })).rejects.toThrow(
            /lacks vmlinuz.*make image/s,
        );
    });

    it("says where libvirt was looked for", async () => {
        const virsh = async () => Promise.reject(new Error("Connection refused"));
        await expect(check({ libvirtUri: "qemu+ssh://root@other/system" }, { virsh })).rejects.toThrow(
            /qemu\+ssh:\/\/root@other\/system: Connection refused/,
        );
    });

    it("refuses a network that this machine has already", async () => {
        const routes = async () => '[{"dst":"192.168.20.0/25","dev":"wlan0"}]';
        await expect(check({}, { routes })).rejects.toThrow("192.168.20.0/25 is on wlan0");
        await check({ network: "192.168.2.0/24" }, { routes });
        await check({}, { routes, virsh: async () => "certificate-lab-dev-lb\n" });
    });

    it("counts memory and disk before the lab exists, not while it runs", async () => {
        const little = { freeMemory: () => 1024, freeDisk: async () => 1024 };
        await expect(check({}, { freeMemory: () => 1024 })).rejects.toThrow("memory");
        await expect(check({ libvirtUri: "qemu+unix:///system" }, { freeMemory: () => 1024 })).rejects.toThrow(
            "memory",
        );
        await expect(check({}, { freeDisk: async () => 1024 })).rejects.toThrow("disk");
        await check({}, { ...little, virsh: async () => "certificate-lab-dev-lb\n" });
        await check(
            { libvirtUri: "qemu+ssh://root@other/system" },
            { ...little, virsh: async (_, args) => args.join() },
        );
    });
});
