import { describe, expect, it } from "vitest";
import { isLocal, parseLibvirtUri, refusalOf } from "./libvirt-uri.ts";

describe("isLocal", () => {
    it.each([
        ["qemu:///system", true],
        ["qemu+unix:///system?socket=/tmp/s", true],
        ["qemu+ssh://root@server/system", false],
        ["qemu://server/system", false],
    ])("%s: %s", (uri, expected) => {
        expect(isLocal(uri)).toBe(expected);
    });
});

describe("parseLibvirtUri", () => {
    it("returns every part", () => {
        expect(parseLibvirtUri("qemu+ssh://ann%40x:pw@[::1]:2222/system?keyfile=/a%20b")).toMatchObject({
            driver: "qemu",
            transport: "ssh",
            user: "ann@x",
            password: "pw",
            host: "::1",
            port: "2222",
            path: "/system",
        });
    });

    it("has the transport tls for a host without one, as libvirt", () => {
        expect(parseLibvirtUri("qemu://server/system").transport).toBe("tls");
        expect(parseLibvirtUri("qemu:///system").transport).toBe("unix");
    });
});

describe("refusalOf", () => {
    it.each([
        "qemu:///system",
        "qemu+unix:///system?socket=/run/libvirt/libvirt-sock",
        "qemu+ssh://root@server/system",
        "qemu+ssh://root@server:2222/system?keyfile=/k&sshauth=privkey",
        "qemu+tls://server/system",
        "qemu+tcp://server/system",
    ])("accepts %s", (uri) => {
        expect(refusalOf(uri)).toBeUndefined();
    });

    it.each([
        ["qemu:///session", "bridges", "pulumi config rm libvirtUri"],
        ["qemu+ssh://root@server/session", "bridges", "pulumi config rm libvirtUri"],
        ["xen:///system", "driver xen", "pulumi config set libvirtUri qemu:///system"],
        ["qemu:///embed", "/embed", "pulumi config set libvirtUri qemu:///system"],
        ["qemu+libssh2://root@server/system", "libssh2", "pulumi config set libvirtUri qemu+ssh://root@server/system"],
        ["qemu+unix://server/system", "host server", "pulumi config set libvirtUri qemu+ssh://root@server/system"],
        ["qemu+ssh:///system", "no host", "pulumi config set libvirtUri qemu:///system"],
        ["qemu+ssh://server/system", "no user", "pulumi config set libvirtUri qemu+ssh://root@server/system"],
        ["system", "no URI", "pulumi config set libvirtUri qemu:///system"],
    ])("refuses %s", (uri, reason, remedy) => {
        expect(refusalOf(uri)).toEqual({ state: "fail", detail: expect.stringContaining(reason), remedy });
    });
});
