import { basename, dirname } from "node:path";

/** A line of a file that has a certain text, as `grep --with-filename` prints it. */
interface Mention {
    file: string;
    line: string;
}

/**
 * The effect of the next boot on a setting. unknown: a file for other programs contains it, such as a unit or a udev rule;
 * only a reboot shows its effect.
 */
export type AtBoot = "set" | "unknown" | "missing";

/** Folders that sysctl.d(5) and modules-load.d(5) read, the one with the highest precedence first. */
const folders = (name: string) => ["/etc", "/run", "/usr/local/lib", "/usr/lib"].map((folder) => `${folder}/${name}`);

/** The link to /etc/sysctl.conf on the lab's machines: image/configure-guest.sh. */
const sysctlConf = "/etc/sysctl.d/99-sysctl.conf";

/** @param mentions lines `file:line` with the sysctl's name */
export function sysctlAtBoot(mentions: string): AtBoot {
    const lines = parseMentions(mentions).map(({ file, line }) => ({
        file: file === "/etc/sysctl.conf" ? sysctlConf : file,
        line,
    }));
    const effective = effectiveLines(lines, "sysctl.d");
    const setting = effective.findLast(({ line }) => /^-?net[./]ipv4[./]vs[./]conntrack\s*=/.test(line));
    if (setting) {
        return /=\s*1$/.test(setting.line) ? "set" : "missing";
    }
    return lines.some(({ file }) => !isIn(file, "sysctl.d")) ? "unknown" : "missing";
}

/** Whether the boot loads ip_vs before it applies sysctls. @param mentions lines `file:line` with the module's name */
export function moduleAtBoot(mentions: string): AtBoot {
    const lines = parseMentions(mentions);
    if (effectiveLines(lines, "modules-load.d").some(({ line }) => /^ip_vs(_\w+)?$/.test(line))) {
        return "set";
    }
    const others = lines.filter(({ file }) => !isIn(file, "modules-load.d") && !file.startsWith("/etc/iptables/"));
    return others.length > 0 ? "unknown" : "missing";
}

function parseMentions(text: string): Mention[] {
    return text
        .split("\n")
        .flatMap((line) => {
            const [, file, content] = /^(\/[^:]*):(.*)$/.exec(line) ?? [];
            return file !== undefined && content !== undefined ? [{ file, line: content.trim() }] : [];
        })
        .filter(({ line }) => line !== "" && !/^[#;]/.test(line));
}

function isIn(file: string, name: string): boolean {
    return folders(name).includes(dirname(file)) && file.endsWith(".conf");
}

/** The lines in the order in which they are read; a file replaces files of its name in folders with lower precedence. */
function effectiveLines(mentions: Mention[], name: string): Mention[] {
    const order = folders(name);
    const candidates = mentions.filter(({ file }) => isIn(file, name));
    const most = new Map<string, string>();
    for (const { file } of candidates) {
        const other = most.get(basename(file));
        if (!other || order.indexOf(dirname(file)) < order.indexOf(dirname(other))) {
            most.set(basename(file), file);
        }
    }
    return candidates
        .filter(({ file }) => most.get(basename(file)) === file)
        .sort((a, b) => basename(a.file).localeCompare(basename(b.file)));
}
