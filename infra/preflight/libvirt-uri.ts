import type { CheckResult } from "./check.ts";
import { fail } from "./check.ts";

/** The default, the libvirtd of this machine or of the cell. */
export const systemUri = "qemu:///system";

/** Transports of terraform-provider-libvirt 0.8.3, libvirt/uri/connection_uri.go. */
const transports = ["unix", "ssh", "tcp", "tls"];

/** A libvirt URI, https://libvirt.org/uri.html */
export interface LibvirtUri {
    driver: string;
    transport: string;
    user: string;
    password: string | undefined;
    /** Without the brackets of an IPv6 address; empty for this machine. */
    host: string;
    port: string;
    path: string;
    query: URLSearchParams;
}

/** @throws TypeError when the text is no URI */
export function parseLibvirtUri(uri: string): LibvirtUri {
    const url = new URL(uri);
    const [driver = "", transport] = url.protocol.slice(0, -1).split("+");
    const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
    return {
        driver,
        transport: transport ?? (host === "" ? "unix" : "tls"),
        user: decodeURIComponent(url.username),
        password: url.password === "" ? undefined : decodeURIComponent(url.password),
        host,
        port: url.port,
        path: url.pathname,
        query: url.searchParams,
    };
}

/** Whether a libvirt URI names this machine: one without a host, with any transport. */
export function isLocal(uri: string): boolean {
    return /^qemu(\+\w+)?:\/\/\//.test(uri);
}

/** The reason why the lab cannot use a libvirt URI; undefined when it can. */
export function refusalOf(uri: string): CheckResult | undefined {
    const set = (value: string) => `pulumi config set libvirtUri ${value}`;
    if (!URL.canParse(uri)) {
        return fail(`${uri} is no URI`, set(systemUri));
    }
    const { driver, transport, user, host, path } = parseLibvirtUri(uri);
    if (driver !== "qemu") {
        return fail(`${uri} names the driver ${driver}; the lab's machines need QEMU`, set(systemUri));
    }
    if (path === "/session") {
        return fail(
            `${uri} is an unprivileged libvirtd, which cannot create the bridges of the lab's networks. A lab without root ` +
                "rights runs in a cell, which needs no libvirtUri",
            "pulumi config rm libvirtUri",
        );
    }
    if (path !== "/system") {
        return fail(`${uri} has the path ${path || "(none)"} instead of /system`, set(systemUri));
    }
    if (!transports.includes(transport)) {
        return fail(
            `The libvirt provider has no transport ${transport}; it has ${transports.join(", ")}`,
            set(host === "" ? systemUri : `qemu+ssh://root@${host}/system`),
        );
    }
    if (transport === "unix" && host !== "") {
        return fail(
            `${uri} names the host ${host}, which the transport unix ignores`,
            set(`qemu+ssh://root@${host}/system`),
        );
    }
    if (transport !== "unix" && host === "") {
        return fail(`${uri} has the transport ${transport} and no host`, set(systemUri));
    }
    if (transport === "ssh" && user === "") {
        return fail(
            `${uri} has no user. The libvirt provider does not use the login name or User of ~/.ssh/config`,
            set(uri.replace("://", "://root@")),
        );
    }
    return undefined;
}
