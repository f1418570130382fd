import { RunError } from "@pulumi/pulumi/errors";
import { z } from "zod";
import { defaultNetwork, networkSchema } from "./address-plan";
import { projectName } from "./project";

/** The settings. Pulumi.yaml describes them for `pulumi config`. */
const settingsSchema = z.strictObject({
    /** Whether lb does hairpin NAT: false is the broken lab, true the solved one. */
    fixed: z
        .enum(["true", "false"], { error: "must be true or false" })
        .default("false")
        .transform((value) => value === "true"),
    /** Prefix of the names of all libvirt objects; two labs on one libvirtd need different names and networks. */
    name: z
        .string()
        .max(40, "must have at most 40 characters")
        .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, "must consist of lower-case letters, digits and single hyphens")
        .default(projectName),
    /** The lab's /24; two labs on one libvirtd need different ones. */
    network: networkSchema.default(defaultNetwork),
    /** The libvirtd that runs the machines, https://libvirt.org/uri.html */
    libvirtUri: z
        .string()
        .regex(
            /^qemu(\+\w+)?:\/\/\S+$/,
            "must be a libvirt URI such as qemu:///system or qemu+ssh://root@server/system",
        )
        .default("qemu:///system"),
    /** kvm is hardware virtualization, tcg is QEMU's emulation, auto is kvm where a guest runs under it. */
    accelerator: z.enum(["auto", "kvm", "tcg"], { error: "must be auto, kvm or tcg" }).default("auto"),
    /** Folder with disk.qcow2, vmlinuz and initrd.img, relative to Pulumi.yaml. */
    image: z.string().min(1).default(".lab/image"),
});

export type Settings = z.output<typeof settingsSchema>;

/** Invalid configuration. `message` names every mistake and its remedy; Pulumi shows nothing else. */
export class SettingsError extends RunError {}

/**
 * Validates the stack's configuration.
 *
 * @param config keys with their namespace, `<project>:<key>`; keys of other projects and of providers are ignored
 * @throws SettingsError naming all mistakes at once
 */
export function parseSettings(config: Record<string, string>): Settings {
    const own = Object.fromEntries(
        Object.entries(config)
            .filter(([key]) => key.startsWith(`${projectName}:`))
            .map(([key, value]) => [key.slice(projectName.length + 1), value]),
    );
    const result = settingsSchema.safeParse(own);
    if (result.success) {
        return result.data;
    }
    const mistakes = result.error.issues.flatMap((issue) =>
        issue.code === "unrecognized_keys"
            ? issue.keys.map(
                  (key) =>
                      `${key}: no such setting; the settings are ${Object.keys(settingsSchema.shape).join(", ")}. ` +
                      `Remove it: pulumi config rm ${key}`,
              )
            : [
                  `${issue.path.join(".")}: ${issue.message}. Change it: pulumi config set ${issue.path.join(".")} <value>`,
              ],
    );
    throw new SettingsError(`Invalid configuration; nothing was changed:\n  ${mistakes.join("\n  ")}`);
}
