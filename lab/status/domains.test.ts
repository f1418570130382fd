import { expect, it } from "vitest";
import { parseDomains, readDomains } from "./domains";

it("reads virsh's table, states of two words included", () => {
    const table = [
        " Id   Name                              State",
        "--------------------------------------------------",
        " 1    certificate-lab-dev-lb            running",
        " 12   certificate-lab-dev-acme-server   paused",
        " -    certificate-lab-dev-host          shut off",
        "",
    ].join("\n");
    expect([...parseDomains(table)]).toEqual([
        ["certificate-lab-dev-lb", "running"],
        ["certificate-lab-dev-acme-server", "paused"],
        ["certificate-lab-dev-host", "shut off"],
    ]);
});

it("says why libvirt does not answer", async () => {
    expect(await readDomains("qemu+unix:///system?socket=/nonexistent")).toEqual({
        problem: expect.stringMatching(/\S/),
    });
});
