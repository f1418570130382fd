import { expect, it } from "vitest";
import { needs } from "../../tests/programs";
import { parseDomains, readDomains } from "./domains";

it("reads states of one and two words", () => {
    const table = [
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

needs("virsh").it("reports libvirt's message when it does not respond", async () => {
    expect(await readDomains("qemu+unix:///system?socket=/nonexistent")).toEqual({
        failure: expect.stringMatching(/connect/),
    });
});
