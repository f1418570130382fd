import type { AddressPlan } from "../../infra/config/address-plan";
import { addressOf, type CapturedSegment } from "./captured-segment";
import { type Rewrite, rewritesAt } from "./path";
import type { Request } from "./request";

/**
 * A note for each address that a machine changed before it sent a segment, with the mechanism; short enough for the
 * machine's box.
 *
 * @param segments the captures of one of the request's segments
 * @param index the capture of the sent segment
 */
export function notesAt(request: Request, segments: CapturedSegment[], index: number, plan: AddressPlan): string[] {
    const sent = segments[index];
    return sent
        ? rewritesAt(segments, index).map((rewrite) => {
              const mechanism = sent.machine === "lb" ? onLb(rewrite, sent, request) : onNode(rewrite, sent, plan);
              return `new ${rewrite.end}${mechanism && `: ${mechanism}`}`;
          })
        : [];
}

function onLb({ end, to }: Rewrite, { kind }: CapturedSegment, { path, balanced }: Request): string {
    if (kind === "SYN") {
        return end === "source" ? "hairpin NAT" : balanced ? "IPVS" : "";
    }
    return to === path.syn[0]?.destination ? "VIP restored" : "client restored";
}

function onNode({ from, to }: Rewrite, { machine }: CapturedSegment, plan: AddressPlan): string {
    const node = plan.machines[machine];
    if (addressOf(to) === node) {
        return "node instead of pod";
    }
    return addressOf(from) === node ? "pod instead of node" : "";
}
