import type { AddressPlan } from "../../infra/config/address-plan";
import { box, colors, lbBottom, leftOf, rows, text } from "./layout";
import type { Place, Visit } from "./legs";
import { notesAt } from "./notes";
import { outcomeOf } from "./path";
import type { Request } from "./request";
import { addressOf } from "./sighting";

const faint = `fill="${colors.faint}" font-size="12"`;

/**
 * A place's box: which machine stands there, its pod, and what it did to the segments.
 *
 * @param asked the SYN's visits
 * @param answered the answer's visits
 */
export function machineBox(place: Place, request: Request, asked: Visit[], answered: Visit[], plan: AddressPlan) {
    const visits = [...asked, ...answered].filter((visit) => visit.place === place);
    const [first] = visits;
    if (!first) {
        return [];
    }
    const bottom = place === "lb" ? lbBottom : box.bottom;
    const middle = leftOf[place] + box.width / 2;
    const names = [...new Set(visits.map(({ machine }) => machine))].join(", ");
    const address = plan.machines[first.machine];
    const notes = ([asked, answered] as const).flatMap((way, i) =>
        way
            .filter((visit) => place === "lb" && visit.place === "lb")
            .flatMap(({ hops }) => hops.flatMap((_, index) => notesAt(request, hops, index, plan)))
            .map((note, line) => text(middle, (i === 0 ? rows.asked : rows.answered) - 4 + 15 * line, note, faint)),
    );
    return [
        `<rect x="${leftOf[place]}" y="${box.top}" width="${box.width}" height="${bottom - box.top}" rx="8" fill="#fff" stroke="${colors.ink}"/>`,
        text(middle, box.top + 21, names, 'font-weight="bold"'),
        text(middle, box.top + 39, address === plan.vip ? `VIP ${address}` : address, faint),
        ...podChip(place, middle, request, plan),
        ...notes,
        ...endOfTheRoad(place, middle, request),
    ];
}

/** The pod that asks or is to answer, where the packets show one. */
function podChip(place: Place, middle: number, { sender, path }: Request, plan: AddressPlan): string[] {
    const segment = place === "client" ? path.syn[0] : path.syn.at(-1);
    const address = segment && addressOf(place === "client" ? segment.source : segment.destination);
    if (place === "lb" || !address || [...Object.values(plan.machines)].includes(address)) {
        return [];
    }
    const width = box.width - 40;
    return [
        `<rect x="${middle - width / 2}" y="${rows.asked - 20}" width="${width}" height="${rows.answered - rows.asked + 30}" rx="6" fill="#e9f5ea" stroke="${colors.faint}"/>`,
        text(middle, rows.asked + 8, place === "client" && sender !== "host" ? "cert-manager" : "pod"),
        text(middle, rows.asked + 28, address, faint),
    ];
}

/** Where a segment is lost, or missed. */
function endOfTheRoad(place: Place, middle: number, { path }: Request): string[] {
    const bad = `fill="${colors.bad}" font-weight="bold" font-size="13"`;
    const outcome = outcomeOf(path);
    if (outcome === "bypasses lb" && place === "lb") {
        return [text(middle, rows.answered + 4, "sees no answer", bad)];
    }
    if (outcome === "bypasses lb" && place === "client") {
        return [text(middle, rows.bypassing + 5, path.rst.length > 0 ? "✗ answers RST" : "✗ drops it", bad)];
    }
    return outcome === "unanswered" && place === "server" ? [text(middle, rows.asked + 5, "✗ no answer", bad)] : [];
}
