import { expect, it } from "vitest";
import { cellContext, type FakeMachine, resultOf, systemContext } from "../fake-host.ts";
import { quoted } from "../shell-word.ts";
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
        remedy: `sudo sh -c 'chown --recursive ann /lab/.lab && chown --recursive ann ${cache}'`,
    });
    expect(await resultOf(folders, { ...machine, paths: ["/lab", "/var/tmp"], readOnly: ["/lab"] })).toMatchObject({
        remedy: "sudo chown --recursive ann /lab",
    });
});

it("quotes root's commands as one word, also for a folder with a quote in its name", async () => {
    const quote = { ...machine, paths: ["/it's/.lab", "/it's/node_modules", cache, "/var/tmp"] };
    const context = cellContext({ folders: { repository: "/it's", cache, lab: cache, temporary: "/var/tmp" } });
    const readOnly = ["/it's/.lab", cache];
    expect(await resultOf(folders, { ...quote, readOnly }, context)).toMatchObject({
        remedy: `sudo sh -c ${quoted(`chown --recursive ann '/it'\\''s/.lab' && chown --recursive ann ${cache}`)}`,
    });
});

it("creates missing folders, and changes no owner of the system's folders", async () => {
    const context = cellContext({ folders: { repository: "/lab", cache, lab: "/srv/labs", temporary: "/var/tmp" } });
    const readOnly = ["/", "/srv", "/var/tmp"];
    expect(await resultOf(folders, { ...machine, readOnly }, context)).toMatchObject({
        remedy: `sudo sh -c 'chmod 1777 /var/tmp && install --directory --owner=ann /srv/labs'`,
    });
});

it("leaves the lab's folder of the system's libvirtd to libvirt", async () => {
    const context = systemContext({
        folders: { repository: "/lab", cache, lab: "/var/lib/libvirt/images", temporary: "/var/tmp" },
    });
    expect(await resultOf(folders, { ...machine, readOnly: ["/var"] }, context)).toMatchObject({ state: "ok" });
});
