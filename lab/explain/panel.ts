import type { AddressPlan } from "../../infra/config/address-plan";
import { arrowSvg } from "./arrow";
import { box, colors, panel, rows, text } from "./layout";
import { type Leg, legsOf, visitsOf } from "./legs";
import { machineBox } from "./machine-box";
import { isAccepted } from "./path";
import type { Request } from "./request";
import { storyOf, titleOf, verdictOf } from "./words";

/** One request: its machines from left to right, its SYN above its answer, and what became of it. */
export function panelSvg(request: Request, plan: AddressPlan): string[] {
    const { path } = request;
    const asked = visitsOf(path.syn, "client");
    const answered = visitsOf(path.synAck.length > 0 ? path.synAck : path.rst, "server");
    const good = isAccepted(path);
    const color = good ? colors.good : colors.bad;
    const viaLb = asked.some(({ place }) => place === "lb");
    const rowOf = ({ from, to }: Leg, row: number) => (viaLb && from !== "lb" && to !== "lb" ? rows.bypassing : row);
    const verdict = `${good ? "✓" : "✗"} ${verdictOf(path)}`;
    return [
        `<rect width="${panel.width}" height="${panel.height}" rx="10" fill="${good ? "#eff8f1" : "#fdf1f0"}"/>`,
        text(16, 33, titleOf(request, plan), 'text-anchor="start" font-weight="bold"'),
        text(panel.width - 16, 33, verdict, `text-anchor="end" font-weight="bold" fill="${color}"`),
        ...(["client", "lb", "server"] as const).flatMap((place) => machineBox(place, request, asked, answered, plan)),
        ...legsOf(asked).flatMap((leg) => arrowSvg(leg, rowOf(leg, rows.asked), colors.asked)),
        ...legsOf(answered).flatMap((leg) => arrowSvg(leg, rowOf(leg, rows.answered), color)),
        ...storyOf(request, plan).map((sentence, i) =>
            text(16, box.bottom + 23 + 19 * i, sentence, 'text-anchor="start" font-size="13"'),
        ),
    ];
}
