import type { Evidence } from "./evidence/evidence";
import { selfCheckRequests, type Way } from "./self-check";

/** Names of the solutions, by the path of the self check. Unknown ones have no name. */
const solutionNames: Partial<Record<Way, string>> = {
    "IPVS with source NAT": "hairpin NAT on lb",
    IPVS: "routing on the nodes",
    "DNAT on lb": "DNAT on lb to a node",
    "process on lb": "reverse proxy on lb",
    "another address": "CoreDNS answering for the site",
    "past lb": "routing or addresses on the nodes",
};

/** The solutions that the requests from pods used. The verdict does not depend on them. */
export function solutionsIn(evidence: Evidence): string[] {
    const requests = selfCheckRequests(evidence).filter(({ failure }) => failure === undefined);
    return [...new Set(requests.flatMap(({ way }) => solutionNames[way] ?? []))].sort();
}
