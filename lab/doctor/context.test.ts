import { describe, expect, it } from "vitest";
import { type FakeMachine, fakeHost } from "../../infra/preflight/fake-host.ts";
import { contextOf, selectedStack } from "./context.ts";

const context = (settings: string, machine: FakeMachine = {}) =>
    contextOf("dev", "/lab", fakeHost({ ...machine, files: { "/lab/Pulumi.dev.yaml": settings, ...machine.files } }));

describe("contextOf", () => {
    it("is a cell in the state directory without a libvirtUri", () => {
        expect(contextOf("dev", "/lab", fakeHost({}))).toMatchObject({
            hypervisor: "cell",
            libvirtUri: "qemu:///system",
            labName: "certificate-lab",
            network: "192.168.20.0/24",
            accelerator: "auto",
            image: "/lab/.lab/image",
            buildsImage: true,
            labExists: false,
            folders: {
                cache: "/home/ann/.cache/certificate-lab",
                lab: expect.stringMatching(/certificate-lab$/),
                temporary: "/var/tmp",
            },
        });
    });

    it("reads the stack's settings, quoted or not", () => {
        const settings =
            "encryptionsalt: v1:abc\nconfig:\n  certificate-lab:libvirtUri: qemu+ssh://root@server/system?keyfile=/k\n" +
            '  certificate-lab:network: "10.1.2.0/24"\n  certificate-lab:accelerator: kvm\n  certificate-lab:name: other\n' +
            "  certificate-lab:image: 'my images/lab'\n  other:network: 10.9.9.0/24\n";
        expect(context(settings)).toMatchObject({
            hypervisor: "remote",
            libvirtUri: "qemu+ssh://root@server/system?keyfile=/k",
            network: "10.1.2.0/24",
            accelerator: "kvm",
            labName: "other",
            image: "/lab/my images/lab",
            buildsImage: false,
            folders: { lab: "/var/lib/libvirt/images" },
        });
    });

    it("is the system's libvirtd with its URI, or with LAB_CELL=none", () => {
        const system = "config:\n    certificate-lab:libvirtUri: qemu:///system\n";
        expect(context(system)).toMatchObject({ hypervisor: "system", toCell: "pulumi config rm libvirtUri" });
        const environment = { HOME: "/home/ann", LAB_CELL: "none" };
        expect(context("", { environment })).toMatchObject({ hypervisor: "system", toCell: "unset LAB_CELL" });
    });

    it("follows the environment's folders", () => {
        const environment = { HOME: "/home/ann", LAB_CACHE: "/c", LAB_STATE: "/s", LAB_TMP: "/t" };
        expect(context("", { environment }).folders).toMatchObject({ cache: "/c", lab: "/s", temporary: "/t" });
    });

    it("finds a lab in the stack's cell", () => {
        const environment = { HOME: "/home/ann", LAB_STATE: "/s" };
        const files = { "/lab/.lab/cells/dev": "dev-abc123\n" };
        expect(context("", { environment, files }).labExists).toBe(false);
        const disk = { ...files, "/s/cells/dev-abc123/lib/images/certificate-lab/lb-1234.qcow2": "" };
        expect(context("", { environment, files: disk }).labExists).toBe(true);
    });
});

describe("selectedStack", () => {
    it("is Pulumi's, or dev without Pulumi or a selection", async () => {
        const commands = { "pulumi stack --show-name": "team1\n" };
        expect(await selectedStack(fakeHost({ programs: ["pulumi"], commands }))).toBe("team1");
        expect(await selectedStack(fakeHost({ programs: ["pulumi"] }))).toBe("dev");
        expect(await selectedStack(fakeHost({}))).toBe("dev");
    });
});
