import { expect, it } from "vitest";
import { type FakeMachine, resultOf, systemContext } from "../fake-host.ts";
import { folders } from "./folders.ts";

const cache = "/home/ann/.cache/certificate-lab";
const machine: FakeMachine = { programs: ["sudo"], paths: ["/lab/.lab", cache, "/var/tmp"] };

it("passes when everything that make up writes is writable", async () => {
    expect(await resultOf(folders, machine)).toMatchObject({ state: "ok" });
});

it("fails for folders that an earlier run as root has created", async () => {
    expect(await resultOf(folders, { ...machine, readOnly: ["/lab/.lab", cache] })).toEqual({
        state: "fail",
        detail: `ann may not write to /lab/.lab, ${cache}`,
        remedy: `sudo chown --recursive ann "/lab/.lab" "${cache}"`,
    });
});

it("leaves the lab's folder of the system's libvirtd to libvirt", async () => {
    const context = systemContext({
        folders: { repository: "/lab", cache, lab: "/var/lib/libvirt/images", temporary: "/var/tmp" },
    });
    expect(await resultOf(folders, { ...machine, readOnly: ["/var"] }, context)).toMatchObject({ state: "ok" });
});
