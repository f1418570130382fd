import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { needs } from "../../tests/programs";
import { machineNames } from "../config/address-plan";
import { deadline, type Registration, runProgram } from "../run-program";

const helper = "/usr/lib/libvirt/virt-aa-helper";

/** The XML that provider 0.8.3 generates from a domain's inputs and hands to xsltproc. */
function providerXml({ inputs }: Registration): string {
    const disks = inputs.disks.map(({ volumeId }: { volumeId: string }, index: number) => {
        const [pool, volume] = [basename(dirname(volumeId)), basename(volumeId)];
        return `<disk type="volume" device="disk">
            <driver name="qemu" type="${volume.endsWith(".qcow2") ? "qcow2" : "raw"}"></driver>
            <source pool="${pool}" volume="${volume}"></source>
            <target dev="vd${"ab"[index]}" bus="virtio"></target>
        </disk>`;
    });
    const interfaces = inputs.networkInterfaces.map(
        ({ mac, networkId }: Record<string, string>) => `<interface type="network">
            <mac address="${mac}"></mac><source network="${networkId}"></source><model type="virtio"></model>
        </interface>`,
    );
    return `<domain type="${inputs.type}">
        <name>${inputs.name}</name>
        <memory unit="MiB">${inputs.memory}</memory>
        <vcpu>${inputs.vcpu}</vcpu>
        <os>
            <type machine="pc-i440fx-7.2">hvm</type>
            <kernel>${inputs.kernel}</kernel>
            <initrd>${inputs.initrd}</initrd>
            <cmdline>root=/dev/vda</cmdline>
        </os>
        <features><pae></pae><acpi></acpi><apic></apic></features>
        <cpu mode="${inputs.cpu.mode}"></cpu>
        <devices>
            ${disks.join("")}
            ${interfaces.join("")}
            <console><target type="serial" port="0"></target></console>
            <channel type="unix"><target type="virtio" name="org.qemu.guest_agent.0"></target></channel>
            <graphics type="spice" autoport="yes"></graphics>
            <rng model="virtio"><backend model="random">/dev/urandom</backend></rng>
        </devices>
    </domain>`;
}

/** The XML that the provider hands to libvirt. */
function transformed(domain: Registration): string {
    const folder = mkdtempSync(join(tmpdir(), "domain-xml-"));
    try {
        writeFileSync(join(folder, "domain.xsl"), domain.inputs.xml.xslt);
        writeFileSync(join(folder, "domain.xml"), providerXml(domain));
        return execFileSync("xsltproc", [join(folder, "domain.xsl"), join(folder, "domain.xml")], { encoding: "utf8" });
    } finally {
        rmSync(folder, { recursive: true });
    }
}

needs("xsltproc").describe("the XML of each domain", () => {
    let xmls: Map<string, string>;

    beforeAll(async () => {
        const domains = (await runProgram({})).filter(({ type }) => type === "libvirt:index/domain:Domain");
        xmls = new Map(domains.map((domain) => [domain.inputs.name, transformed(domain)]));
        expect([...xmls.keys()].sort()).toEqual(machineNames.map((name) => `certificate-lab-${name}`).sort());
    }, deadline);

    it("has two disks in files, without write barriers", () => {
        for (const xml of xmls.values()) {
            expect(xml.match(/<disk type="file" device="disk">/g)).toHaveLength(2);
            expect(xml.match(/<source file="\/var\/lib\/libvirt\/images\/certificate-lab\/[\w.-]+"\/>/g)).toHaveLength(
                2,
            );
            expect(xml.match(/cache="unsafe"/g)).toHaveLength(2);
        }
    });

    it("has one read-only disk, the configuration disk", () => {
        for (const xml of xmls.values()) {
            expect(xml.match(/<readonly\/>/g)).toHaveLength(1);
            expect(xml).toMatch(/<target dev="vdb" bus="virtio"\/>\s*<readonly\/>/);
        }
    });

    it("has a hardware clock that stops with the machine", () => {
        for (const xml of xmls.values()) {
            expect(xml.match(/<clock .*<\/clock>/g)).toEqual([
                '<clock offset="utc"><timer name="rtc" track="guest"/></clock>',
            ]);
        }
    });

    needs(helper, "qemu-img").describe("as AppArmor's virt-aa-helper reads it", () => {
        const uuid = "libvirt-11111111-2222-3333-4444-555555555555";
        let images: string;

        beforeAll(() => {
            images = mkdtempSync(join(tmpdir(), "images-"));
            mkdirSync(join(images, "certificate-lab"));
        });
        afterAll(() => rmSync(images, { recursive: true }));

        it.each(machineNames)(
            "allows %s its overlay, the overlay's backing file and its configuration disk",
            (name) => {
                const xml = xmls.get(`certificate-lab-${name}`)?.replaceAll("/var/lib/libvirt/images", images) ?? "";
                const [overlay = "", configuration = ""] = [...xml.matchAll(/<source file="([^"]+)"/g)].map(
                    ([, file]) => file,
                );
                const base = join(images, "certificate-lab", "disk.qcow2");
                const create = (...args: string[]) =>
                    execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", ...args]);
                create(base, "1M");
                create("-b", base, "-F", "qcow2", overlay);
                writeFileSync(configuration, "");
                const { status, stderr: rules } = spawnSync(helper, ["--create", "--dryrun", "--uuid", uuid], {
                    input: xml.replace("<name>", `<uuid>${uuid.slice("libvirt-".length)}</uuid><name>`),
                    encoding: "utf8",
                });
                expect(status, rules).toBe(0);
                expect(rules).toContain(`"${overlay}" rwk,`);
                expect(rules).toContain(`"${base}" rk,`);
                expect(rules).toContain(`"${configuration}" rk,`);
            },
        );
    });
});
