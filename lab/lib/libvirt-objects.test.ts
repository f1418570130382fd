import { expect, it } from "vitest";
import { labNameIn, libvirtObjects } from "./libvirt-objects";

it("names six domains, two networks and a pool", () => {
    const { domains, networks, pool } = libvirtObjects("my-lab");
    expect(domains).toHaveLength(6);
    expect(domains).toContain("my-lab-k8s-master");
    expect(networks).toEqual(["my-lab-front", "my-lab-cluster"]);
    expect(pool).toBe("my-lab");
});

it("finds the lab's name in each of its objects' names", () => {
    const { domains, networks, pool } = libvirtObjects("my-lab");
    for (const [kind, names] of Object.entries({ Domain: domains, Network: networks, Pool: [pool] })) {
        for (const name of names) {
            expect(labNameIn(kind, name)).toBe("my-lab");
        }
    }
});

it("finds no lab's name in other names", () => {
    expect(labNameIn("Domain", "web")).toBeUndefined();
    expect(labNameIn("Network", "default")).toBeUndefined();
    expect(labNameIn("Volume", "lb-front")).toBeUndefined();
});
