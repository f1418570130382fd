import { linkSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { placeVolume, writtenVolumes } from "./volumes";

let folder: string;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "volumes-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

const disk = (source: string, more = "") =>
    `<disk type='file' device='disk'><driver name='qemu'/><source ${source} index='1'/><target dev='vda'/>${more}</disk>`;

it("lists the volumes of writable disks, for each kind of source", () => {
    const xml = [
        disk("file='/var/lib/libvirt/images/certificate-lab/lb-1.qcow2'"),
        disk('pool="certificate-lab" volume="lb-2.qcow2"'),
        disk("file='/var/lib/libvirt/images/certificate-lab/lb.iso'", "<readonly/>"),
    ];
    expect(writtenVolumes(`<domain><devices>${xml.join("\n")}</devices></domain>`)).toEqual([
        "lb-1.qcow2",
        "lb-2.qcow2",
    ]);
});

it("copies a written volume and links any other", async () => {
    const source = join(folder, "source");
    writeFileSync(source, "content");
    await placeVolume(source, join(folder, "copy"), true);
    await placeVolume(source, join(folder, "link"), false);
    expect(readFileSync(join(folder, "copy"), "utf8")).toBe("content");
    expect(statSync(join(folder, "copy")).ino).not.toBe(statSync(source).ino);
    expect(statSync(join(folder, "link")).ino).toBe(statSync(source).ino);
});

it("replaces an earlier volume without changing what else is linked to it", async () => {
    const [source, target, other] = ["source", "target", "other"].map((name) => join(folder, name)) as [
        string,
        string,
        string,
    ];
    writeFileSync(source, "new");
    writeFileSync(target, "old");
    linkSync(target, other);
    await placeVolume(source, target, true);
    expect(readFileSync(target, "utf8")).toBe("new");
    expect(readFileSync(other, "utf8")).toBe("old");
});
