import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../infra/config/settings";
import { fakePrograms } from "../lib/fake-programs";
import { differences, keyName, templateKey } from "./key";

const key = { accelerator: "tcg", program: "1", QEMU: "7.2", libvirt: "9.0" } as const;

it("has the same name for the same key, in any order", () => {
    expect(keyName({ libvirt: "9.0", QEMU: "7.2", program: "1", accelerator: "tcg" })).toBe(keyName(key));
});

it.each([["program"], ["QEMU"], ["libvirt"]])("has another name when %s changes", (name) => {
    expect(keyName({ ...key, [name]: "changed" })).not.toBe(keyName(key));
});

it("names what differs", () => {
    expect(differences(key, { ...key, QEMU: "8.0" })).toEqual(["QEMU"]);
    expect(differences(key, { accelerator: "tcg", program: "1", QEMU: "7.2" })).toEqual(["libvirt"]);
    expect(differences(key, key)).toEqual([]);
});

describe("templateKey", () => {
    const programs = fakePrograms();

    it("contains the versions and the image, and names a file that the image lacks", async () => {
        await programs.make("qemu-system-x86_64", "echo 'QEMU emulator version 7.2'; echo Copyright");
        await programs.make("libvirtd", "echo 'libvirtd (libvirt) 9.0'");
        const settings = parseSettings({ "certificate-lab:image": programs.folder });
        for (const file of ["disk.qcow2", "vmlinuz"]) {
            writeFileSync(join(programs.folder, file), file);
        }
        await expect(templateKey(settings, "tcg")).rejects.toThrow(
            `The machine image lacks ${programs.folder}/initrd.img. Build it: make image`,
        );
        writeFileSync(join(programs.folder, "initrd.img"), "");
        const built = await templateKey(settings, "tcg");
        expect(built).toMatchObject({ QEMU: "QEMU emulator version 7.2", libvirt: "libvirtd (libvirt) 9.0" });
        writeFileSync(join(programs.folder, "initrd.img"), "another");
        expect(differences(built, await templateKey(settings, "tcg"))).toEqual(["machine image"]);
    });
});
