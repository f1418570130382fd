import { domain } from "../../infra/config/address-plan";
import type { Output } from "../lib/ssh";
import type { Check } from "./check";
import { broken, type Judgement, pass, unsolved } from "./judge";

/**
 * Fetches the site as `curl -L www.ictsc.test` does, but believes only the root certificate on standard input, and
 * heeds no proxy, configuration file or alias.
 */
const fetchPage = (resolve: string) =>
    `env -i /usr/bin/curl --disable --silent --show-error --location --max-time 60 --cacert /dev/stdin ${resolve} ` +
    `--write-out '\\n%{scheme} %{remote_ip} %{ssl_verify_result}' http://www.${domain}/`;

/** The site as host sees it, with host's own name resolution. */
export const pageOnHost: Check = {
    name: "page on host",
    judge: async ({ run, plan, rootCertificate }) =>
        judgePage(await run("host", fetchPage(""), { stdin: rootCertificate }), plan.vip),
};

/** The site behind the VIP, from a machine that contestants can't log in to. */
export const pageThroughVip: Check = {
    name: "page through the VIP",
    judge: async ({ run, plan, rootCertificate }) => {
        const resolve = [80, 443].map((port) => `--resolve www.${domain}:${port}:${plan.vip}`).join(" ");
        return judgePage(await run("acme-server", fetchPage(resolve), { stdin: rootCertificate }), plan.vip);
    },
};

/** nginx's page over verified HTTPS, from the VIP; the last line is curl's `scheme remote_ip ssl_verify_result`. */
export function judgePage({ exitCode, stdout, stderr }: Output, vip: string): Judgement {
    if (exitCode !== 0) {
        return unsolved(stderr.trim().split("\n")[0] || `curl ended with ${exitCode}`);
    }
    const lines = stdout.trimEnd().split("\n");
    const [scheme, address, verification] = (lines.pop() ?? "").split(" ");
    if (scheme?.toLowerCase() !== "https" || verification !== "0") {
        return unsolved(`the page came over ${scheme}, verification ${verification}`);
    }
    if (address !== vip) {
        return broken(`the page came from ${address}, not from the VIP ${vip}`);
    }
    if (!lines.join("\n").includes("<title>Welcome to nginx!</title>")) {
        return unsolved("the page is not nginx's");
    }
    return pass("nginx's page over HTTPS from the VIP, by a certificate of the lab's CA");
}
