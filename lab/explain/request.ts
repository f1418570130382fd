import { type Client, connectionsOf, hasArrived, type Path, rewritesAt, tracePath } from "./path";
import type { Sighting } from "./sighting";

/** A request whose packets were captured. */
export interface Request {
    /** Who sent it: host, cert-manager's self check, or this command in the self check's place. */
    sender: "host" | "self check" | "stand-in";
    path: Path;
    /** Whether it was lb's IPVS that chose its destination. */
    balanced: boolean;
}

/** The port of HTTP-01 (RFC 8555, 8.3). */
const port = 80;

/**
 * Finds a client's request among the captured packets: the first whose answer arrived, or else the first.
 *
 * @param ipvsEntries what `ipvsadm --list --connection --numeric` printed on lb meanwhile
 */
export function requestIn(
    sightings: Sighting[],
    sender: Request["sender"],
    client: Client,
    ipvsEntries: string,
): Request | undefined {
    const paths = connectionsOf(sightings, client, port).map((connection) => tracePath(sightings, connection, client));
    const path = paths.find(hasArrived) ?? paths[0];
    return path && { sender, path, balanced: isBalanced(path, ipvsEntries) };
}

/** Whether IPVS knows the connection with the destination that lb gave it; the entry ends with client, virtual server, real server. */
function isBalanced({ syn }: Path, ipvsEntries: string): boolean {
    const sent = syn.findIndex((_, i) => syn[i]?.machine === "lb" && rewritesAt(syn, i).length > 0);
    const [received, forwarded] = [syn[sent - 1], syn[sent]];
    return (
        received !== undefined &&
        forwarded !== undefined &&
        ipvsEntries
            .split("\n")
            .some((entry) =>
                entry
                    .trim()
                    .replaceAll(/\s+/g, " ")
                    .endsWith([received.source, received.destination, forwarded.destination].join(" ")),
            )
    );
}
