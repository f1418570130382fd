import { expect, it } from "vitest";
import { differences, keyName } from "./key";

const key = { program: "1", QEMU: "7.2", libvirt: "9.0" };

it("has the same name for the same key, in any order", () => {
    expect(keyName({ libvirt: "9.0", QEMU: "7.2", program: "1" })).toBe(keyName(key));
});

it.each([["program"], ["QEMU"], ["libvirt"]])("has another name when %s changes", (name) => {
    expect(keyName({ ...key, [name]: "changed" })).not.toBe(keyName(key));
});

it("names what differs", () => {
    expect(differences(key, { ...key, QEMU: "8.0" })).toEqual(["QEMU"]);
    expect(differences(key, { program: "1", QEMU: "7.2" })).toEqual(["libvirt"]);
    expect(differences(key, key)).toEqual([]);
});
