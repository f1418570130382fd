import type { AddressPlan } from "../../infra/config/address-plan";
import { element, text } from "../lib/svg";
import { arrowSvg } from "./arrow";
import { explanationOf, titleOf, verdictOf } from "./captions";
import { hopsOf, type Link, linksOf } from "./hops";
import { colors, machineBox, panel, rows } from "./layout";
import { machineBoxSvg } from "./machine-box";
import { isAccepted } from "./path";
import type { Request } from "./request";

/** One request: its machines from left to right, its SYN above its reply, the result and its reason. */
export function panelSvg(request: Request, plan: AddressPlan): string[] {
    const { path } = request;
    const requested = hopsOf(path.syn, "client");
    const replied = hopsOf(path.synAck.length > 0 ? path.synAck : path.rst, "server");
    const accepted = isAccepted(path);
    const color = accepted ? colors.accepted : colors.failed;
    const passesLb = requested.some(({ place }) => place === "lb");
    const rowOf = ({ from, to }: Link, row: number) => (passesLb && from !== "lb" && to !== "lb" ? rows.bypass : row);
    const verdict = `${accepted ? "✓" : "✗"} ${verdictOf(path)}`;
    const bold = { "font-weight": "bold" };
    return [
        element("rect", { ...panel, rx: 10, fill: accepted ? "#eff8f1" : "#fdf1f0" }),
        text(16, 33, titleOf(request, plan), { "text-anchor": "start", ...bold }),
        text(panel.width - 16, 33, verdict, { "text-anchor": "end", ...bold, fill: color }),
        ...(["client", "lb", "server"] as const).flatMap((place) =>
            machineBoxSvg(place, request, requested, replied, plan),
        ),
        ...linksOf(requested).flatMap((link) => arrowSvg(link, rowOf(link, rows.request), colors.request)),
        ...linksOf(replied).flatMap((link) => arrowSvg(link, rowOf(link, rows.reply), color)),
        ...explanationOf(request, plan).map((sentence, i) =>
            text(16, machineBox.bottom + 23 + 19 * i, sentence, { "text-anchor": "start", "font-size": 13 }),
        ),
    ];
}
