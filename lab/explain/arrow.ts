import { element, escapeMarkup, line, text } from "../lib/svg";
import type { Link } from "./hops";
import { leftOf, machineBox } from "./layout";

/** Length of an arrow's head in pixels. */
const head = 12;

/** A link as an arrow between two boxes, labelled with its addresses; changed ones are bold. */
export function arrowSvg({ from, to, segment, changed }: Link, y: number, color: string): string[] {
    const right = leftOf[from] < leftOf[to];
    const start = leftOf[from] + (right ? machineBox.width : 0);
    const end = leftOf[to] + (right ? 0 : machineBox.width);
    const back = end + (right ? -head : head);
    const middle = (start + end) / 2;
    const addresses = (["source", "destination"] as const).map((side) => {
        const label = escapeMarkup(`${side === "source" ? "from" : "to"} ${segment[side]}`);
        return changed.includes(side) ? element("tspan", { "font-weight": "bold" }, label) : label;
    });
    const label = (above: number, content: string) =>
        element("text", { x: middle, y: y - above, fill: color, "font-size": 12 }, content);
    const isLong = Math.abs(end - start) > 2 * machineBox.width;
    return [
        line(start, y, back, y, { stroke: color, "stroke-width": 3 }),
        element("polygon", { points: `${end},${y} ${back},${y - 6} ${back},${y + 6}`, fill: color }),
        ...(isLong
            ? [label(8, `${segment.kind} ${addresses.join(" ")}`)]
            : [
                  ...addresses.map((address, i) => label(24 - 16 * i, address)),
                  text(middle, y + 15, segment.kind, { fill: color, "font-size": 12 }),
              ]),
    ];
}
