import type { AddressPlan } from "../../infra/config/address-plan";
import { addressOf } from "./captured-segment";
import { isAccepted, outcomeOf, type Path, rewritesAt } from "./path";
import type { Request } from "./request";

/** Sender and destination of a request, in one line. */
export function titleOf({ sender, path }: Request, plan: AddressPlan): string {
    const [request] = path.syn;
    const from = {
        host: "Request from host",
        "self check": `cert-manager's self check from ${request?.machine}`,
        substitute: `Substitute for the self check from cert-manager's pod on ${request?.machine}`,
    }[sender];
    const vip = request && addressOf(request.destination) === plan.vip ? "the VIP " : "";
    return `${from} to ${vip}${request?.destination}`;
}

/** The result of a request, as a label. */
export function verdictOf(path: Path): string {
    return {
        "through lb": isAccepted(path) ? "the reply returns through lb" : "the reply has the wrong source",
        "bypasses lb": "the reply bypasses lb",
        "terminated on lb": "lb replies",
        "without lb": "the request does not pass lb",
        lost: "the reply is lost",
        refused: "the connection is refused",
        "no reply": "there is no reply",
    }[outcomeOf(path)];
}

/** The reason for the result, in two sentences at most, each of them shown by packets of the path. */
export function explanationOf({ path }: Request, plan: AddressPlan): string[] {
    const [request, lastSyn, server, reply] = [path.syn[0], path.syn.at(-1), path.synAck[0], path.synAck.at(-1)];
    switch (outcomeOf(path)) {
        case "through lb":
            if (!isAccepted(path)) {
                return [
                    `The request's destination was ${request?.destination}, but the reply's source is ${reply?.source}.`,
                ];
            }
            return [
                hairpinNat(path) ?? `The route from ${server?.machine} to ${reply?.machine} leads through lb.`,
                "lb restores the VIP as the source: the reply matches the client's connection.",
            ];
        case "bypasses lb":
            return [
                `${server?.machine} replies directly to ${reply?.machine} on the same segment, so lb cannot restore the VIP as the source.`,
                `${reply?.machine} has a connection to ${request?.destination}, none to ${reply?.source}: ` +
                    `it ${path.rst.length > 0 ? "sends RST" : "drops the reply"}, and the pod's connection times out.`,
            ];
        case "terminated on lb":
            return [
                "lb forwards no SYN of this connection to a worker: it terminates the connection, as a reverse proxy does.",
            ];
        case "without lb":
            return [`The name resolved to ${request?.destination}; no SYN and no SYN-ACK was captured on lb.`];
        case "lost":
            return [`The reply was last captured on ${reply?.machine}, ${reply?.interface}.`];
        case "refused":
            return [`${path.rst[0]?.machine} replies with RST: no process listens on that port.`];
        case "no reply":
            return [
                `The SYN was last captured on ${lastSyn?.machine}, ${lastSyn?.interface}.`,
                ...(lastSyn && addressOf(lastSyn.source) === plan.machines[lastSyn.machine]
                    ? [
                          "That machine had sent it: Linux drops received packets whose source is an address of the " +
                              "receiving machine (accept_local).",
                      ]
                    : []),
            ];
    }
}

/** The effect of hairpin NAT, where lb changed the SYN's source. */
function hairpinNat({ syn }: Path): string | undefined {
    const [rewrite] = syn
        .flatMap((segment, i) => (segment.machine === "lb" ? rewritesAt(syn, i) : []))
        .filter(({ end }) => end === "source");
    return (
        rewrite &&
        `Hairpin NAT: lb replaces the source ${addressOf(rewrite.from)} with ${addressOf(rewrite.to)}, ` +
            "so the real server replies to lb."
    );
}
