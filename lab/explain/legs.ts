import type { MachineName } from "../../infra/config/address-plan";
import type { Rewrite } from "./path";
import type { Sighting } from "./sighting";

/** Where a machine stands in the picture. */
export type Place = "client" | "lb" | "server";

/** A segment's stay on a machine. */
export interface Visit {
    place: Place;
    machine: MachineName;
    hops: Sighting[];
}

/** A segment's way from one machine to the next; NAT happens on machines, so its addresses are the same at both ends. */
export interface Leg {
    from: Place;
    to: Place;
    segment: Sighting;
    /** The addresses that the machine at its beginning changed. */
    changed: Rewrite["end"][];
}

/**
 * The machines that a segment came through. A node that lb sends its own request back to is client and server.
 *
 * @param start where the segment began, if not on lb
 */
export function visitsOf(hops: Sighting[], start: "client" | "server"): Visit[] {
    const visits: Visit[] = [];
    for (const hop of hops) {
        const last = visits.at(-1);
        if (last?.machine === hop.machine) {
            last.hops.push(hop);
        } else {
            const end = start === "client" ? "server" : "client";
            const place = hop.machine === "lb" ? "lb" : last ? end : start;
            visits.push({ place, machine: hop.machine, hops: [hop] });
        }
    }
    return visits;
}

/** The legs between the visits. */
export function legsOf(visits: Visit[]): Leg[] {
    return visits.slice(1).flatMap(({ place, hops: [segment] }, i) => {
        const from = visits[i];
        const received = from?.hops[0];
        if (!from || !segment || !received || from.place === place) {
            return [];
        }
        const changed = (["source", "destination"] as const).filter((end) => received[end] !== segment[end]);
        return { from: from.place, to: place, segment, changed };
    });
}
