import { randomInt } from "node:crypto";
import { z } from "zod";
import { domain } from "../../../infra/config/address-plan";
import { quoted } from "../../../infra/preflight/shell-word";
import { framedScript, type Section, type SectionOutput } from "../../lib/framed-script";
import type { HttpExchange } from "./evidence";

/** The path of the responses to HTTP-01 challenges, RFC 8555 section 8.3. */
export const challengePrefix = "/.well-known/acme-challenge/";

/** A request to make. */
export interface ProbeRequest {
    path: string;
    /** Source port, by which the connection is found on lb; default: any. */
    port?: number;
}

/** Exit code of a probe whose container does not run. */
export const noContainer = 65;

const number = z
    .string()
    .regex(/^-?[\d.]+$/)
    .transform(Number);

/**
 * curl's fields, https://curl.se/docs/manpage.html#-w, in the order in which they are printed. Not `json`, which also has the
 * versions of curl's libraries: one of them resolves the node's name, which takes six seconds in a pod's network.
 */
const curlFields = z.strictObject({
    exitcode: number,
    http_code: number,
    local_port: number,
    time_total: number,
    remote_ip: z.string(),
    redirect_url: z.string(),
    errormsg: z.string(),
});

const curlFieldNames = Object.keys(curlFields.shape);

/** Seconds to resolve the name and to connect: the first packet is sent again after one second and after three. */
const connectTimeout = 4;

/** The format of a line behind the response's body. */
const writeOut = `\\n${curlFieldNames.map((field) => `%{${field}}`).join("\\t")}`;

/**
 * A request for the path of a challenge. cert-manager also follows redirects (pkg/issuer/acme/http); here one connection is
 * made, which is found on lb by its source port, and a redirect is compared with those of the real servers.
 *
 * @param resolve further options of curl
 */
function requestSection(name: string, { path, port }: ProbeRequest, resolve = ""): Section {
    // Another connection can occupy a port.
    const local = port === undefined ? "" : `--local-port ${port}-${port + portsPerRequest - 1}`;
    return {
        name,
        commands:
            `/usr/bin/curl --disable --silent --noproxy '*' --ipv4 ${local} ${resolve} ` +
            `--connect-timeout ${connectTimeout} --max-time 10 --max-filesize 20000 --write-out ${quoted(writeOut)} ${quoted(`http://www.${domain}${path}`)}`,
        background: true,
    };
}

/** Requests to the ingress controller at an address, past the load balancer; named by {@link referenceName}. */
export function referenceSections(address: string, paths: string[]): Section[] {
    const resolve = [80, 443].map((port) => `--resolve www.${domain}:${port}:${address}`).join(" ");
    return paths.map((path, i) => requestSection(referenceName(i), { path }, resolve));
}

/** @param index of a path */
export function referenceName(index: number): string {
    return `reference-${index}`;
}

/**
 * A command for a node that makes requests from a pod: in the network namespace of one of its containers, with the
 * container's resolv.conf and hosts.
 *
 * @param containerId as in the pod's status, without the runtime's name
 */
export function probeScript(containerId: string, requests: ProbeRequest[]) {
    const inside = framedScript([
        { name: "addresses", commands: `/usr/bin/getent ahostsv4 www.${domain}`, background: true },
        ...requests.map((request, i) => requestSection(`request-${i}`, request)),
    ]);
    // Copies: mount(2) binds no file of another mount namespace, and mount(8) would resolve /proc/PID/root to /.
    const mount = [
        "/usr/bin/mount -t tmpfs -o size=1m tmpfs /mnt || exit",
        ...["resolv.conf", "hosts"].flatMap((file) => [
            `/usr/bin/cp "/proc/$1/root/etc/${file}" /mnt/${file} || exit`,
            `/usr/bin/mount --bind /mnt/${file} /etc/${file} || exit`,
        ]),
    ];
    const commands = [
        // The lowest number is the container's first process.
        `processes=$(/usr/bin/grep --files-with-matches --fixed-strings -- ${quoted(containerId)} /proc/[0-9]*/cgroup 2>/dev/null)`,
        "process=",
        "for file in $processes; do",
        "    number=${file#/proc/} number=${number%%/*}",
        "    [[ -z $process || $number -lt $process ]] && process=$number",
        "done",
        `[[ $process ]] || exit ${noContainer}`,
        `exec /usr/bin/nsenter --net="/proc/$process/ns/net" /usr/bin/unshare --mount /usr/bin/bash --noprofile --norc -c ` +
            `${quoted([...mount, inside.command].join("\n"))} probe "$process"`,
    ];
    return { ...inside, command: `/usr/bin/bash --noprofile --norc -c ${quoted(commands.join("\n"))}` };
}

/** Source ports that a request can use: a port in use needs another one. */
const portsPerRequest = 8;

/** The first source ports of a number of requests: above the well-known and below Linux' ephemeral ports. */
export function sourcePorts(count: number): number[] {
    const first = randomInt(10_000, 30_000 - count * portsPerRequest);
    return Array.from({ length: count }, (_, i) => first + i * portsPerRequest);
}

/** The response in a request's section; undefined when curl did not end. */
export function parseExchange(path: string, section: SectionOutput | undefined): HttpExchange | undefined {
    const text = section?.text ?? "";
    const bodyEnd = text.lastIndexOf("\n");
    const values = text.slice(bodyEnd + 1).split("\t");
    const { success, data } = curlFields.safeParse(
        Object.fromEntries(values.map((value, i) => [curlFieldNames[i] ?? "more", value])),
    );
    return success
        ? {
              path,
              exitCode: data.exitcode,
              error: data.errormsg,
              status: data.http_code,
              body: text.slice(0, Math.max(0, bodyEnd)).slice(0, 2000),
              location: data.redirect_url,
              remoteAddress: data.remote_ip,
              localPort: data.local_port,
              seconds: data.time_total,
          }
        : undefined;
}

/** The addresses that getent(1) prints. */
export function parseAddresses(section: SectionOutput | undefined): string[] {
    const addresses = (section?.text ?? "").split("\n").map((line) => /^(\S+)\s+STREAM/.exec(line)?.[1]);
    return [...new Set(addresses.filter((address) => address !== undefined))];
}
