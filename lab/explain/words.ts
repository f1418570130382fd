import type { AddressPlan } from "../../infra/config/address-plan";
import { isAccepted, outcomeOf, type Path, rewritesAt } from "./path";
import type { Request } from "./request";
import { addressOf } from "./sighting";

/** Who asks whom, in a line. */
export function titleOf({ sender, path }: Request, plan: AddressPlan): string {
    const [asked] = path.syn;
    const who = {
        host: "host",
        "self check": `cert-manager's self check on ${asked?.machine}`,
        "stand-in": `cert-manager's pod on ${asked?.machine}, made to ask as the self check does,`,
    }[sender];
    const vip = asked && addressOf(asked.destination) === plan.vip ? "the VIP " : "";
    return `${who} asks ${vip}${asked?.destination}`;
}

/** What became of the request, in a few words. */
export function verdictOf(path: Path): string {
    return {
        "through lb": isAccepted(path) ? "the answer comes back through lb" : "the answer comes from a stranger",
        "bypasses lb": "the answer bypasses lb",
        "answered by lb": "lb answers by itself",
        "without lb": "the request does not need lb",
        lost: "the answer gets lost",
        refused: "the request is refused",
        unanswered: "nobody answers",
    }[outcomeOf(path)];
}

/** Why, in two lines at most, each backed by packets of the path. */
export function storyOf({ path }: Request, plan: AddressPlan): string[] {
    const [asked, lastSyn, server, answer] = [path.syn[0], path.syn.at(-1), path.synAck[0], path.synAck.at(-1)];
    switch (outcomeOf(path)) {
        case "through lb":
            if (!isAccepted(path)) {
                return [`${asked?.destination} was asked, but the answer came from ${answer?.source}.`];
            }
            return [
                hairpinNat(path) ?? `${server?.machine}'s way to ${answer?.machine} leads through lb.`,
                "lb puts the VIP back as the source: the answer comes from the address that was asked.",
            ];
        case "bypasses lb":
            return [
                `${server?.machine} answers its neighbour ${answer?.machine} directly, so lb cannot put the VIP back as the source.`,
                `${answer?.machine} asked ${asked?.destination} and has no connection to ${answer?.source}: ` +
                    `${path.rst.length > 0 ? "it sends RST" : "it drops the answer"}, and the pod waits in vain.`,
            ];
        case "answered by lb":
            return ["No SYN of this connection went on to a worker: lb is its end, as a reverse proxy is."];
        case "without lb":
            return [`The name led to ${asked?.destination}; neither SYN nor SYN-ACK was seen on lb.`];
        case "lost":
            return [`The answer was last seen on ${answer?.machine}, ${answer?.interface}.`];
        case "refused":
            return [`${path.rst[0]?.machine} answers with RST: nobody listens there.`];
        case "unanswered":
            return [
                `The SYN was last seen on ${lastSyn?.machine}, ${lastSyn?.interface}.`,
                ...(lastSyn && addressOf(lastSyn.source) === plan.machines[lastSyn.machine]
                    ? [
                          "It came from there: Linux drops what comes from outside with the machine's own address as " +
                              "the source (accept_local).",
                      ]
                    : []),
            ];
    }
}

/** What hairpin NAT did, where lb changed the SYN's source. */
function hairpinNat({ syn }: Path): string | undefined {
    const [rewrite] = syn
        .flatMap((hop, i) => (hop.machine === "lb" ? rewritesAt(syn, i) : []))
        .filter(({ end }) => end === "source");
    return (
        rewrite &&
        `Hairpin NAT: lb puts its own ${addressOf(rewrite.to)} in the place of ${addressOf(rewrite.from)}, ` +
            "so the real server answers lb."
    );
}
