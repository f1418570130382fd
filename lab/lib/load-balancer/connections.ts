/** A connection that netfilter tracks, with the addresses and ports of its first packet and of the expected replies. */
export interface TrackedConnection {
    original: Direction;
    reply: Direction;
}

export interface Direction {
    source: string;
    destination: string;
    sourcePort: number;
    destinationPort: number;
}

/** @param list output of `conntrack -L`, conntrack(8) */
export function parseTrackedConnections(list: string): TrackedConnection[] {
    const direction = "src=(\\S+) dst=(\\S+) sport=(\\d+) dport=(\\d+)";
    // A connection without a reply has a flag between the two directions.
    const pattern = new RegExp(`${direction} (?:\\[\\w+\\] )?${direction}`, "g");
    const read = ([source = "", destination = "", sourcePort, destinationPort]: string[]): Direction => ({
        source,
        destination,
        sourcePort: Number(sourcePort),
        destinationPort: Number(destinationPort),
    });
    return [...list.matchAll(pattern)].map(([, ...fields]) => ({
        original: read(fields.slice(0, 4)),
        reply: read(fields.slice(4)),
    }));
}
