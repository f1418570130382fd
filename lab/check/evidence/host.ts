import { type AddressPlan, domain } from "../../../infra/config/address-plan";
import { contestant } from "../../../infra/config/contestant";
import { quoted } from "../../../infra/preflight/shell-word";
import { protectedManifestNames } from "../../../infra/workloads/manifest-files";
import type { Section } from "../../lib/framed-script";
import { mounts, preload, programDigests } from "./integrity";

export const trustBundle = "/etc/ssl/certs/ca-certificates.crt";

/** The contestant's home. */
export const home = `/home/${contestant.name}`;

/** The files in which curl(1) looks for its configuration. */
const curlConfigurations = ["/root", home].flatMap((directory) => [
    `${directory}/.curlrc`,
    `${directory}/.config/curlrc`,
    `${directory}/.config/.curlrc`,
]);

/** Last line of a page: curl's `scheme remote_ip ssl_verify_result`. */
const pageFormat = "\\n%{scheme} %{remote_ip} %{ssl_verify_result}";

/**
 * Fetches the site as `curl -L www.ictsc.test` does, but trusts the lab's root certificate only, and without proxy,
 * configuration file and alias.
 */
export function fetchPage(name: string, rootCertificate: string, resolve = ""): Section {
    return {
        name,
        commands:
            `/usr/bin/env -i /usr/bin/curl --disable --silent --show-error --location --max-time 30 --max-filesize 65536 ` +
            `--cacert /dev/stdin ${resolve} --write-out '${pageFormat}' http://www.${domain}/ <<<${quoted(rootCertificate)}`,
        background: true,
    };
}

/** curl in the contestant's shell. The contestant can change its startup files, so its output is a separate section. */
function contestantShell(vip: string): Section {
    const commands = [
        "echo lab-shell",
        "type -t curl",
        "type -P curl",
        "echo lab-page",
        `curl --silent --location --max-time 20 --output /dev/null --write-out 'lab-fetched %{scheme} %{remote_ip} %{ssl_verify_result} %{proxy_used}\\n' www.${domain}`,
        // No certificate is valid for an address: only a curl that does not verify accepts it.
        `curl --silent --max-time 20 --output /dev/null https://${vip}/; echo "lab-unverified $?"`,
        "echo lab-environment",
        "env",
    ].join("; ");
    return {
        name: "contestant-shell",
        commands:
            `/usr/bin/timeout 45 /usr/sbin/runuser --user ${contestant.name} -- /usr/bin/env -i HOME=${home} USER=${contestant.name} ` +
            `LOGNAME=${contestant.name} SHELL=/bin/bash TERM=dumb PATH=/usr/local/bin:/usr/bin:/bin ` +
            `/usr/bin/bash -l -i -c ${quoted(commands)}`,
        limit: 32 * 1024,
        background: true,
    };
}

/** The examination of host. @param rootCertificate PEM */
export function hostSections({ vip }: AddressPlan, rootCertificate: string): Section[] {
    return [
        fetchPage("page", rootCertificate),
        contestantShell(vip),
        { name: "hosts", commands: "file /etc/hosts", builtin: true },
        { name: "nsswitch.conf", commands: "file /etc/nsswitch.conf", builtin: true },
        { name: "environment", commands: "file /etc/environment", builtin: true },
        {
            name: "curl-configuration",
            commands: curlConfigurations
                .map((path) => `[[ ! -f ${path} ]] || { echo "# ${path}"; file ${path}; } || exit`)
                .join("\n"),
            builtin: true,
        },
        {
            name: "manifests",
            commands: `cd ${home}/manifests && /usr/bin/sha256sum -- ${protectedManifestNames.join(" ")}`,
        },
        { name: "trusted", commands: `/usr/bin/cat ${trustBundle} /etc/ssl/certs/*.0 2>/dev/null`, limit: 1024 * 1024 },
        mounts,
        preload,
        programDigests,
    ];
}
