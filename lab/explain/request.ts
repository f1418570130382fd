import type { CapturedSegment } from "./captured-segment";
import { type Client, connectionsOf, hasArrived, type Path, rewritesAt, tracePath } from "./path";

/** A request whose packets were captured. */
export interface Request {
    /** host, cert-manager's self check, or a request of this command from cert-manager's pod as a substitute. */
    sender: "host" | "self check" | "substitute";
    path: Path;
    /** Whether lb's IPVS chose its destination. */
    balanced: boolean;
}

/** The port of HTTP-01 (RFC 8555, 8.3). */
const port = 80;

/**
 * Finds a client's request among captured segments: the first one whose reply arrived, otherwise the first one.
 *
 * @param ipvsEntries output of `ipvsadm --list --connection --numeric` on lb during the capture
 */
export function requestIn(
    segments: CapturedSegment[],
    sender: Request["sender"],
    client: Client,
    ipvsEntries: string,
): Request | undefined {
    const paths = connectionsOf(segments, client, port).map((connection) => tracePath(segments, connection, client));
    const path = paths.find(hasArrived) ?? paths[0];
    return path && { sender, path, balanced: isBalanced(path, ipvsEntries) };
}

/** Whether IPVS has an entry with the destination that lb sent the SYN to. An entry ends with client, virtual and real server. */
function isBalanced({ syn }: Path, ipvsEntries: string): boolean {
    const sent = syn.findIndex((segment, i) => segment.machine === "lb" && rewritesAt(syn, i).length > 0);
    const [received, forwarded] = [syn[sent - 1], syn[sent]];
    if (received === undefined || forwarded === undefined) {
        return false;
    }
    const endpoints = [received.source, received.destination, forwarded.destination].join(" ");
    return ipvsEntries.split("\n").some((entry) => entry.trim().replaceAll(/\s+/g, " ").endsWith(endpoints));
}
