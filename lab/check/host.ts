import { domain } from "../../infra/config/address-plan";
import type { Check } from "./check";
import { broken, type Judgement, pass } from "./judge";

const bundle = "/etc/ssl/certs/ca-certificates.crt";

/** Files that make curl believe or ask something else, curl(1) and ld.so(8). */
const planted = ["/home/user/.curlrc", "/root/.curlrc", "/etc/curlrc", "/etc/ld.so.preload"];

/** Nothing on host stands in for the lab: no entry for the site, no other CA, no other curl. */
export const hostSurroundings: Check = {
    name: "host's surroundings",
    judge: async ({ run, rootCertificate }) => {
        const changes = await run(
            "host",
            `grep --with-filename www.${domain} /etc/hosts; ` +
                `ls -1 ${planted.join(" ")} 2>/dev/null; ` +
                "dpkg --verify curl libcurl4t64 libssl3t64 ca-certificates | " +
                "grep --invert-match --extended-regexp ' /usr/share/(doc|man|locale)/'; true",
        );
        const shipped = await run("host", "cat /usr/share/ca-certificates/mozilla/*.crt");
        const trusted = await run("host", `cat ${bundle}`);
        return judgeHost(changes.stdout, trusted.stdout, [shipped.stdout, rootCertificate].join("\n"));
    },
};

/** The certificates of a text, each as its base64 alone. */
function certificates(pem: string): string[] {
    return [...pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g)].map(([, body = ""]) =>
        body.replace(/\s/g, ""),
    );
}

/**
 * @param changes one line for every planted or changed file
 * @param trusted the trust store's bundle, PEM
 * @param rightful what may be in it, PEM: Debian's certificates and the lab's root
 */
export function judgeHost(changes: string, trusted: string, rightful: string): Judgement {
    const known = new Set(certificates(rightful));
    const strangers = certificates(trusted).filter((certificate) => !known.has(certificate)).length;
    const found = [
        ...changes.split("\n").filter((line) => line.trim() !== ""),
        ...(strangers > 0 ? [`${bundle} holds ${strangers} certificate(s) from elsewhere`] : []),
    ];
    return found.length > 0
        ? broken(`host was changed: ${found.map((line) => line.trim()).join("; ")}`)
        : pass("name, trust store and curl are untouched");
}
