import { addressPlan, domain } from "../../infra/config/address-plan";
import { printableLine } from "../lib/printable";
import { certificatesIn, fingerprintOf } from "./evidence/acme-server";
import { type Evidence, sectionOf } from "./evidence/evidence";
import { home, trustBundle } from "./evidence/host";
import { changedPrograms } from "./integrity";
import { incomplete } from "./missing";
import { broken, type Finding, pass } from "./outcome";

const site = `www.${domain}`;

/** Sections of host without which it cannot be evaluated. */
const required = ["hosts", "environment", "curl-configuration", "trusted", "mounts", "preload", "programs"] as const;

/** Name resolution and trust on host are as deployed: host reaches the site in the same way as any other client. */
export function evaluateHost(evidence: Evidence): Finding {
    const failure = incomplete(evidence, "host", required) ?? incomplete(evidence, "acme-server", ["trusted"]);
    if (failure) {
        return failure;
    }
    const text = (name: string) => sectionOf(evidence, "host", name)?.text ?? "";
    const shell = shellEffects(text("contestant-shell"), addressPlan(evidence.network).vip);
    const unknown = unknownCertificates(
        text("trusted"),
        sectionOf(evidence, "acme-server", "trusted")?.text ?? "",
        evidence.expected.rootCertificate,
    );
    const changes = [
        ...hostsEntries(text("hosts")).map((line) => `/etc/hosts: ${line}`),
        ...harmfulOptions(text("curl-configuration")).map((option) => `curl's configuration: ${option}`),
        ...harmfulVariables(text("environment")).map((variable) => `/etc/environment: ${variable}`),
        ...shell,
        ...(text("preload").trim() === "" ? [] : ["/etc/ld.so.preload exists"]),
        ...(unknown > 0
            ? [`${trustBundle} or /etc/ssl/certs trusts ${unknown} certificate(s) that are not the lab's`]
            : []),
        ...changedPrograms(evidence, "host"),
    ];
    return changes.length > 0
        ? broken(`host was changed: ${printableLine(changes.join("; "), 600)}`)
        : pass("its name resolution, trust store and curl are unchanged");
}

/** Lines of a hosts file with an address of the site. */
export function hostsEntries(hosts: string): string[] {
    return hosts
        .split("\n")
        .map((line) => line.replace(/#.*/, "").trim())
        .filter((line) =>
            line
                .split(/\s+/)
                .slice(1)
                .some((name) => name.toLowerCase().replace(/\.$/, "") === site),
        );
}

/** curl's long options that change where curl finds the site or which certificates it accepts, curl(1). */
const harmfulLong = [
    ...["insecure", "cacert", "capath", "ca-native", "ssl-sessions", "engine"],
    ...["proxy", "preproxy", "proxy1.0", "socks4", "socks4a", "socks5", "socks5-hostname", "proxy-insecure"],
    ...["resolve", "connect-to", "dns-servers", "dns-interface", "dns-ipv4-addr", "doh-url", "doh-insecure"],
    ...["unix-socket", "abstract-unix-socket", "config", "url", "next", "alt-svc"],
];

/** Short forms of them: -k, -x, -K. */
const harmfulShort = ["k", "x", "K"];

/** Short options whose value may follow without a space. */
const shortWithValue = [..."AbcCdDeEFHhmoPQrtTuUwXyYz"];

/** Whether short options, such as `sSk` or `AFirefox`, contain a harmful one. */
function isHarmfulShort(options: string): boolean {
    const decisive = [...options].find((letter) => [...harmfulShort, ...shortWithValue].includes(letter));
    return decisive !== undefined && harmfulShort.includes(decisive);
}

/** @param configuration files in curl's format (curl(1), --config) @returns options that the constraint forbids */
export function harmfulOptions(configuration: string): string[] {
    return configuration
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "" && !line.startsWith("#"))
        .filter((line) => {
            const [, dashes = "", name = ""] = /^(-{0,2})([^\s=:]+)/.exec(line) ?? [];
            if (dashes === "-") {
                return isHarmfulShort(name);
            }
            // curl accepts abbreviations.
            return harmfulLong.some((option) => option === name || (name.length > 2 && option.startsWith(name)));
        });
}

/** Environment variables that change curl, OpenSSL, the resolver or the dynamic linker. */
const harmfulVariable =
    /^(?:export\s+)?((?:https?|all|ftp)_proxy|CURL_CA_BUNDLE|CURL_SSL_BACKEND|CURL_HOME|XDG_CONFIG_HOME|SSL_CERT_(?:FILE|DIR)|OPENSSL_CONF|OPENSSL_MODULES|LD_PRELOAD|LD_LIBRARY_PATH|LD_AUDIT|HOSTALIASES|RES_OPTIONS|LOCALDOMAIN)=(\S.*)/i;

/** Values that change nothing: they are the defaults, whose files are examined. */
const defaultValues: Record<string, string[]> = {
    CURL_CA_BUNDLE: [trustBundle],
    CURL_HOME: [home, "/root"],
    XDG_CONFIG_HOME: [`${home}/.config`, "/root/.config"],
    SSL_CERT_FILE: [trustBundle],
    SSL_CERT_DIR: ["/etc/ssl/certs", "/usr/lib/ssl/certs"],
    OPENSSL_CONF: ["/etc/ssl/openssl.cnf", "/usr/lib/ssl/openssl.cnf"],
};

/** Lines `NAME=value` that set such a variable. */
export function harmfulVariables(environment: string): string[] {
    return environment
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => {
            const [, name = "", value = ""] = harmfulVariable.exec(line) ?? [];
            const plain = value.replace(/^(["'])(.*)\1$/, "$2").replace(/\/$/, "");
            return name !== "" && plain !== "" && !defaultValues[name]?.includes(plain);
        });
}

/**
 * Changes to curl in the contestant's shell: another program, another server, unverified certificates. Empty when its
 * startup files prevent the examination from ending: the check of the page does not depend on that shell.
 */
export function shellEffects(output: string, vip: string): string[] {
    const [, kind = "", file = ""] = /^lab-shell\n(.*)\n(.*)\nlab-page$/m.exec(output) ?? [];
    const [, address = ""] = /^lab-fetched \S+ (\S*) /m.exec(output) ?? [];
    const unverified = /^lab-unverified 0$/m.test(output);
    const [, environment = ""] = /^lab-environment\n([\s\S]*)$/m.exec(output) ?? [];
    return [
        ...(kind === "file" && file !== "/usr/bin/curl" ? [`curl is ${file} in the contestant's shell`] : []),
        ...(/^\d+(\.\d+){3}$/.test(address) && address !== vip
            ? [`curl in the contestant's shell connects to ${address}`]
            : []),
        ...(unverified ? ["curl in the contestant's shell accepts any certificate"] : []),
        ...harmfulVariables(environment).map((variable) => `environment: ${variable}`),
    ];
}

/** The number of trusted certificates, except those of the image and the lab's root. */
export function unknownCertificates(trusted: string, original: string, rootCertificate: string): number {
    const allowed = new Set([...original.split("\n"), ...certificatesIn(rootCertificate).map(fingerprintOf)]);
    return trusted.split("\n").filter((fingerprint) => fingerprint !== "" && !allowed.has(fingerprint)).length;
}
