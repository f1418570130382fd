import type { MachineName } from "../../infra/config/address-plan";
import type { CapturedSegment } from "./captured-segment";
import type { Rewrite } from "./path";

/** The role of a machine in a request, and its place in the picture. */
export type Place = "client" | "lb" | "server";

/** A machine on a segment's path. */
export interface Hop {
    place: Place;
    machine: MachineName;
    /** The segment as the machine's interfaces captured it. */
    segments: CapturedSegment[];
}

/** The step from one machine to the next. NAT happens on machines, so the addresses are the same at both ends. */
export interface Link {
    from: Place;
    to: Place;
    segment: CapturedSegment;
    /** The addresses that the machine at its beginning changed. */
    changed: Rewrite["end"][];
}

/**
 * The machines on a segment's path. A node is client and server when lb sends its request back to it.
 *
 * @param start place of the first machine, unless that is lb
 */
export function hopsOf(segments: CapturedSegment[], start: "client" | "server"): Hop[] {
    const hops: Hop[] = [];
    for (const segment of segments) {
        const last = hops.at(-1);
        if (last?.machine === segment.machine) {
            last.segments.push(segment);
        } else {
            const end = start === "client" ? "server" : "client";
            const place = segment.machine === "lb" ? "lb" : last ? end : start;
            hops.push({ place, machine: segment.machine, segments: [segment] });
        }
    }
    return hops;
}

/** The links between the hops. */
export function linksOf(hops: Hop[]): Link[] {
    return hops.slice(1).flatMap(({ place, segments: [segment] }, i) => {
        const from = hops[i];
        const received = from?.segments[0];
        if (!from || !segment || !received || from.place === place) {
            return [];
        }
        const changed = (["source", "destination"] as const).filter((end) => received[end] !== segment[end]);
        return { from: from.place, to: place, segment, changed };
    });
}
