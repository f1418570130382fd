import { expect, it } from "vitest";
import { differences, keyName } from "./key";

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
