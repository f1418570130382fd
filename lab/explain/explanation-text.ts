import type { AddressPlan } from "../../infra/config/address-plan";
import { table } from "../lib/table";
import { explanationOf, titleOf, verdictOf } from "./captions";
import type { CapturedSegment } from "./captured-segment";
import { notesAt } from "./notes";
import type { Request } from "./request";
import type { Explanation } from "./request-reader";

/** The explanation for a terminal: for each request all captures of its segments, the result and its reason. */
export function explanationText({ host, selfCheck }: Explanation, plan: AddressPlan): string {
    return [host, selfCheck].map((request) => requestText(request, plan)).join("\n\n");
}

function requestText(request: Request, plan: AddressPlan): string {
    const { syn, synAck, rst } = request.path;
    const title = titleOf(request, plan);
    return [
        title,
        "-".repeat(title.length),
        ...table([
            ...segmentRows("SYN", syn, request, plan),
            ...segmentRows("SYN-ACK", synAck, request, plan),
            ...segmentRows("RST", rst, request, plan),
        ]),
        "",
        `=> ${verdictOf(request.path)}`,
        ...explanationOf(request, plan).map((sentence) => `   ${sentence}`),
    ].join("\n");
}

function segmentRows(kind: string, segments: CapturedSegment[], request: Request, plan: AddressPlan): string[][] {
    return segments.map((segment, index) => [
        index === 0 ? kind : "",
        segment.machine,
        segment.interface,
        segment.direction,
        `${segment.source} -> ${segment.destination}`,
        notesAt(request, segments, index, plan).join("; "),
    ]);
}
