import { describe, expect, it, vi } from "vitest";
import { fakePrograms } from "./fake-programs";
import { UnreachableError } from "./unreachable-error";
import { namesIn, virsh } from "./virsh";

describe("virsh", () => {
    const programs = fakePrograms();
    const fake = (script: string) => programs.make("virsh", script);

    it("runs in English, without headings, at its hypervisor", async () => {
        await fake('echo "$LC_ALL $*"');
        expect(await virsh("qemu:///system")(["list"])).toBe("C --quiet --connect qemu:///system list");
    });

    it("fails with libvirt's message", async () => {
        await fake('echo "error: failed to get domain\nerror: Domain not found\n" >&2; exit 1');
        await expect(virsh("qemu:///system")(["domstate", "lb"])).rejects.toThrow(
            new UnreachableError("virsh domstate lb at qemu:///system: failed to get domain: Domain not found"),
        );
    });

    it("fails when libvirt does not respond within the timeout", async () => {
        await fake("exec sleep 60");
        await expect(virsh("qemu:///system")(["list"], { timeout: 0.2 })).rejects.toThrow(
            "virsh list at qemu:///system: no response within 0.2 s",
        );
    });

    it("names the remedy when virsh is not installed", async () => {
        vi.stubEnv("PATH", programs.folder);
        await expect(virsh("qemu:///system")(["list"])).rejects.toThrow("Install it: make setup");
    });
});

it("reads a list of names", () => {
    expect(namesIn(" lb \n host  \n\n")).toEqual(["lb", "host"]);
    expect(namesIn("\n")).toEqual([]);
});
