import { describe, expect, it } from "vitest";
import { parseSettings, SettingsError } from "./settings";

describe("parseSettings", () => {
    it("builds the broken lab by default", () => {
        expect(parseSettings({})).toEqual({
            fixed: false,
            name: "certificate-lab",
            network: "192.168.20.0/24",
            libvirtUri: "qemu:///system",
            accelerator: "auto",
            image: ".lab/image",
        });
    });

    it("ignores other namespaces", () => {
        expect(parseSettings({ "kubernetes:context": "x", "certificate-lab:fixed": "true" }).fixed).toBe(true);
    });

    it.each([
        ["fixed", "yes", "must be true or false"],
        ["name", "my lab", "lower-case letters"],
        ["name", "lab-", "lower-case letters"],
        ["name", "x".repeat(41), "at most 40 characters"],
        ["network", "192.168.20.0/16", "must be a /24"],
        ["network", "8.8.8.0/24", "private range"],
        ["libvirtUri", "localhost", "libvirt URI"],
        ["accelerator", "xen", "auto, kvm or tcg"],
        ["fixd", "true", "no such setting"],
    ])("refuses %s=%s", (key, value, message) => {
        const parse = () => parseSettings({ [`certificate-lab:${key}`]: value });
        expect(parse).toThrow(SettingsError);
        expect(parse).toThrow(message);
    });

    it("names all mistakes at once", () => {
        expect(() => parseSettings({ "certificate-lab:fixed": "1", "certificate-lab:x": "1" })).toThrow(
            /fixed: .*\n.*x: no such setting/s,
        );
    });
});
