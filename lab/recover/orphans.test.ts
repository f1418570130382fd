import { describe, expect, it } from "vitest";
import { FakeLibvirt } from "./fake-libvirt";
import { findOrphans } from "./orphans";

const otherLabs = {
    domains: ["lab-2-lb", "lab2-lb", "lab-lb-copy", "web"],
    networks: ["lab-2-front", "default"],
    pools: { "lab-2": ["disk.qcow2"], default: ["disk.qcow2"] },
};

/** Removes the orphans of a lab; their descriptions. */
async function removeOrphans(libvirt: FakeLibvirt, labName: string, ...known: string[]): Promise<string[]> {
    const orphans = await findOrphans(libvirt.virsh, labName, new Set(known));
    for (const orphan of orphans) {
        await orphan.remove();
    }
    return orphans.map(({ description }) => description);
}

describe("findOrphans", () => {
    it("finds what is not in the stack, and nothing else", async () => {
        const libvirt = new FakeLibvirt({
            domains: [...otherLabs.domains, "lab-lb", "lab-host"],
            networks: [...otherLabs.networks, "lab-front", "lab-cluster"],
            pools: { ...otherLabs.pools, lab: ["disk.qcow2", "lb-1.qcow2"] },
        });
        const removed = await removeOrphans(libvirt, "lab", "lab-lb", "lab-front", "lab", "disk.qcow2");
        expect(removed).toEqual(["domain lab-host", "network lab-cluster", "volume lb-1.qcow2"]);
        expect(libvirt.objects).toEqual({
            domains: [...otherLabs.domains, "lab-lb"],
            networks: [...otherLabs.networks, "lab-front"],
            pools: { ...otherLabs.pools, lab: ["disk.qcow2"] },
        });
    });

    it("finds the whole lab of an empty stack, and no other lab", async () => {
        const machines = ["lb", "host", "acme-server", "k8s-master", "k8s-worker1", "k8s-worker2"];
        const libvirt = new FakeLibvirt({
            domains: [...otherLabs.domains, ...machines.map((machine) => `lab-${machine}`)],
            networks: [...otherLabs.networks, "lab-front", "lab-cluster"],
            pools: { ...otherLabs.pools, lab: ["disk.qcow2"] },
        });
        await removeOrphans(libvirt, "lab");
        expect(libvirt.objects).toEqual(otherLabs);
    });

    it("does not find labs whose names begin alike", async () => {
        const libvirt = new FakeLibvirt({ domains: ["lab-lb", "lab-2-lb", "a.b-lb", "aXb-lb"] });
        expect(await removeOrphans(libvirt, "lab-2")).toEqual(["domain lab-2-lb"]);
        expect(await removeOrphans(libvirt, "a.b")).toEqual(["domain a.b-lb"]);
        expect(libvirt.objects.domains).toEqual(["lab-lb", "aXb-lb"]);
    });

    it("removes domains that are off and a pool without a folder", async () => {
        const libvirt = new FakeLibvirt({ domains: ["lab-lb"], pools: { lab: [] } });
        libvirt.failing = ["destroy", "pool-start", "pool-refresh", "vol-list", "pool-destroy", "pool-delete"];
        await removeOrphans(libvirt, "lab");
        expect(libvirt.objects).toEqual({ domains: [], networks: [], pools: {} });
    });

    it("fails when libvirt does not remove an object", async () => {
        const libvirt = new FakeLibvirt({ domains: ["lab-lb"] });
        libvirt.failing = ["undefine"];
        await expect(removeOrphans(libvirt, "lab")).rejects.toThrow("undefine");
    });
});
