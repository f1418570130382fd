import { addressPlan } from "../../infra/config/address-plan";
import type { SectionOutput } from "../lib/framed-script";
import { printableLine } from "../lib/printable";
import type { Evidence } from "./evidence/evidence";
import { sectionOf } from "./evidence/evidence";
import { missing } from "./missing";
import { broken, type Finding, pass, unsolved } from "./outcome";

/** The site as host receives it, with host's own name resolution. */
export function evaluatePageOnHost(evidence: Evidence): Finding {
    const page = sectionOf(evidence, "host", "page");
    return page ? evaluatePage(page, addressPlan(evidence.network).vip) : missing(evidence, "host", "the page");
}

/** The site behind the VIP, from a machine that contestants cannot log in to. */
export function evaluatePageThroughVip(evidence: Evidence): Finding {
    const page = sectionOf(evidence, "acme-server", "page");
    return page ? evaluatePage(page, addressPlan(evidence.network).vip) : missing(evidence, "acme-server", "the page");
}

/** nginx's page over verified HTTPS, from the VIP; the last line is curl's `scheme remote_ip ssl_verify_result`. */
export function evaluatePage({ exitCode, text }: Pick<SectionOutput, "exitCode" | "text">, vip: string): Finding {
    const lines = text.trimEnd().split("\n");
    if (exitCode !== 0) {
        const message = lines.find((line) => line.startsWith("curl: "));
        return unsolved(message ? printableLine(message) : `curl ended with exit code ${exitCode}`);
    }
    const [scheme, address, verification] = (lines.pop() ?? "").split(" ");
    if (scheme?.toLowerCase() !== "https" || verification !== "0") {
        return unsolved(`the page was sent over ${printableLine(`${scheme}, verification ${verification}`)}`);
    }
    if (address !== vip) {
        return broken(`the page was sent by ${printableLine(address ?? "")}, not by the VIP ${vip}`);
    }
    if (!lines.join("\n").includes("<title>Welcome to nginx!</title>")) {
        return unsolved("the page is not nginx's start page");
    }
    return pass("nginx's page over HTTPS from the VIP, with a certificate of the lab's authority");
}
