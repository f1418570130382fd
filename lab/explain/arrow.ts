import { box, leftOf, text } from "./layout";
import type { Leg } from "./legs";

/** Length of an arrow's head in pixels. */
const head = 12;

/** A leg as an arrow between two boxes, labelled with its addresses; those that were just changed are bold. */
export function arrowSvg({ from, to, segment, changed }: Leg, y: number, color: string): string[] {
    const right = leftOf[from] < leftOf[to];
    const start = leftOf[from] + (right ? box.width : 0);
    const end = leftOf[to] + (right ? 0 : box.width);
    const back = right ? -head : head;
    const middle = (start + end) / 2;
    const addresses = (["source", "destination"] as const).map((side) => {
        const label = `${side === "source" ? "from" : "to"} ${segment[side]}`;
        return changed.includes(side) ? `<tspan font-weight="bold">${label}</tspan>` : label;
    });
    const longEnough = Math.abs(end - start) > 2 * box.width;
    const style = `fill="${color}" font-size="12"`;
    return [
        `<line x1="${start}" y1="${y}" x2="${end + back}" y2="${y}" stroke="${color}" stroke-width="3"/>`,
        `<polygon points="${end},${y} ${end + back},${y - 6} ${end + back},${y + 6}" fill="${color}"/>`,
        ...(longEnough
            ? [text(middle, y - 8, `${segment.kind} ${addresses.join(" ")}`, style)]
            : [
                  ...addresses.map((address, i) => text(middle, y - 24 + 16 * i, address, style)),
                  text(middle, y + 15, segment.kind, style),
              ]),
    ];
}
