import type { AddressPlan } from "../../infra/config/address-plan";
import { type Rewrite, rewritesAt } from "./path";
import type { Request } from "./request";
import { addressOf, type Sighting } from "./sighting";

/**
 * What a machine changed of a segment before it sent it on, and why, a note for each address; short enough to stand in
 * a machine's box.
 *
 * @param hops one of the request's segments
 * @param index of the sighting that shows the segment sent
 */
export function notesAt(request: Request, hops: Sighting[], index: number, plan: AddressPlan): string[] {
    const sent = hops[index];
    return sent
        ? rewritesAt(hops, index).map((rewrite) => {
              const reason = sent.machine === "lb" ? onLb(rewrite, sent, request) : onNode(rewrite, sent, plan);
              return `new ${rewrite.end}${reason && `: ${reason}`}`;
          })
        : [];
}

function onLb({ end, to }: Rewrite, { kind }: Sighting, { path, balanced }: Request): string {
    if (kind === "SYN") {
        return end === "source" ? "hairpin NAT" : balanced ? "IPVS" : "";
    }
    return to === path.syn[0]?.destination ? "VIP again" : "client again";
}

function onNode({ from, to }: Rewrite, { machine }: Sighting, plan: AddressPlan): string {
    const own = plan.machines[machine];
    if (addressOf(to) === own) {
        return "node for pod";
    }
    return addressOf(from) === own ? "pod for node" : "";
}
