import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { repositoryRoot } from "./config-files";
import { projectName } from "./project";
import { parseSettings, SettingsError } from "./settings";

describe("parseSettings", () => {
    it("defaults to the broken lab", () => {
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
        ["network", "192.168.20.1/24", "must be a /24"],
        ["network", "300.168.20.0/24", "must be a /24"],
        ["network", "10.100.0.0/24", "overlaps the cluster's pods (10.244.0.0/16) or services (10.96.0.0/12)"],
        ["network", "8.8.8.0/24", "a private range"],
        ["libvirtUri", "localhost", "libvirt URI"],
        ["accelerator", "xen", "auto, kvm or tcg"],
        ["fixd", "true", "no such setting"],
    ])("rejects %s=%s", (key, value, message) => {
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

describe("Pulumi.yaml", () => {
    const project = parse(readFileSync(join(repositoryRoot, "Pulumi.yaml"), "utf8"));

    it("has the project's name", () => {
        expect(project.name).toBe(projectName);
    });

    it("describes every setting with the default that the program has", () => {
        const settings: [string, { type: string; default: unknown; description: string }][] = Object.entries(
            project.config,
        );
        const defaults = settings.map(([key, setting]) => [`${projectName}:${key}`, String(setting.default)]);
        expect(parseSettings(Object.fromEntries(defaults))).toEqual(parseSettings({}));
        expect(settings.map(([key]) => key).sort()).toEqual(Object.keys(parseSettings({})).sort());
        for (const [key, { type, description }] of settings) {
            expect(type, key).toBe(typeof parseSettings({})[key as keyof ReturnType<typeof parseSettings>]);
            expect(description, key).toMatch(/\.$|https:\S+$/);
        }
    });

    it("names the libvirt package of sdks/libvirt", () => {
        const utilities = readFileSync(join(repositoryRoot, "sdks", "libvirt", "utilities.ts"), "utf8");
        const value = (key: string) => new RegExp(`${key}: "([^"]*)"`).exec(utilities)?.[1];
        const { remote } = JSON.parse(Buffer.from(value("base64Parameter") ?? "", "base64").toString());
        expect(project.packages).toEqual({
            [value("packageName") ?? ""]: {
                source: value("baseProviderName"),
                version: value("baseProviderVersion"),
                parameters: [remote.url.split("/").slice(1).join("/"), remote.version],
            },
        });
    });
});
