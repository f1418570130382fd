import type { AddressPlan } from "../../infra/config/address-plan";
import { box, faint, small, text } from "../lib/svg";
import { addressOf } from "./captured-segment";
import type { Hop, Place } from "./hops";
import { colors, lbBottom, leftOf, machineBox, rows } from "./layout";
import { notesAt } from "./notes";
import { outcomeOf } from "./path";
import type { Request } from "./request";

/**
 * The box of a place: its machine, the pod, and the machine's changes to the segments.
 *
 * @param requested the SYN's hops
 * @param replied the reply's hops
 */
export function machineBoxSvg(
    place: Place,
    request: Request,
    requested: Hop[],
    replied: Hop[],
    plan: AddressPlan,
): string[] {
    const hops = [...requested, ...replied].filter((hop) => hop.place === place);
    const [first] = hops;
    if (!first) {
        return [];
    }
    const { top, width } = machineBox;
    const bottom = place === "lb" ? lbBottom : machineBox.bottom;
    const middle = leftOf[place] + width / 2;
    const names = [...new Set(hops.map(({ machine }) => machine))].join(", ");
    const address = plan.machines[first.machine];
    return [
        box(leftOf[place], top, width, bottom - top, { rx: 8 }),
        text(middle, top + 21, names, { "font-weight": "bold" }),
        text(middle, top + 39, address === plan.vip ? `VIP ${address}` : address, small),
        ...podChip(place, middle, request, plan),
        ...(place === "lb" ? lbNotes(middle, request, requested, replied, plan) : []),
        ...dropMarker(place, middle, request),
    ];
}

function lbNotes(middle: number, request: Request, requested: Hop[], replied: Hop[], plan: AddressPlan): string[] {
    const notes = (hops: Hop[], row: number) =>
        hops
            .filter(({ place }) => place === "lb")
            .flatMap(({ segments }) => segments.flatMap((_, index) => notesAt(request, segments, index, plan)))
            .map((note, i) => text(middle, row - 4 + 15 * i, note, small));
    return [...notes(requested, rows.request), ...notes(replied, rows.reply)];
}

/** The pod that is the client or the server, where the packets show one. */
function podChip(place: Place, middle: number, { sender, path }: Request, plan: AddressPlan): string[] {
    const segment = place === "client" ? path.syn[0] : path.syn.at(-1);
    const address = segment && addressOf(place === "client" ? segment.source : segment.destination);
    if (place === "lb" || !address || Object.values(plan.machines).includes(address)) {
        return [];
    }
    const width = machineBox.width - 40;
    const height = rows.reply - rows.request + 30;
    return [
        box(middle - width / 2, rows.request - 20, width, height, { fill: "#e9f5ea", stroke: faint }),
        text(middle, rows.request + 8, place === "client" && sender !== "host" ? "cert-manager" : "pod"),
        text(middle, rows.request + 28, address, small),
    ];
}

/** The place where a segment is dropped, or where the reply is missing. */
function dropMarker(place: Place, middle: number, { path }: Request): string[] {
    const marker = (y: number, content: string) =>
        text(middle, y, content, { fill: colors.failed, "font-weight": "bold", "font-size": 13 });
    const outcome = outcomeOf(path);
    if (outcome === "bypasses lb" && place === "lb") {
        return [marker(rows.reply + 4, "no reply here")];
    }
    if (outcome === "bypasses lb" && place === "client") {
        return [marker(rows.bypass + 5, path.rst.length > 0 ? "✗ sends RST" : "✗ drops it")];
    }
    return outcome === "no reply" && place === "server" ? [marker(rows.request + 5, "✗ no reply")] : [];
}
