import type { AddressPlan } from "../../infra/config/address-plan";
import type { Explanation } from "./explain";
import { notesAt } from "./notes";
import type { Request } from "./request";
import type { Sighting } from "./sighting";
import { storyOf, titleOf, verdictOf } from "./words";

/** The explanation for a terminal: for each request every sighting of its segments, and what became of it. */
export function explanationText({ host, selfCheck }: Explanation, plan: AddressPlan): string {
    return [host, selfCheck].map((request) => requestText(request, plan)).join("\n\n");
}

function requestText(request: Request, plan: AddressPlan): string {
    const { syn, synAck, rst } = request.path;
    const title = titleOf(request, plan);
    return [
        title,
        "-".repeat(title.length),
        ...segmentLines("SYN", syn, request, plan),
        ...segmentLines("SYN-ACK", synAck, request, plan),
        ...segmentLines("RST", rst, request, plan),
        "",
        `=> ${verdictOf(request.path)}`,
        ...storyOf(request, plan).map((sentence) => `   ${sentence}`),
    ].join("\n");
}

function segmentLines(kind: string, hops: Sighting[], request: Request, plan: AddressPlan): string[] {
    return hops.map((hop, index) =>
        [
            (index === 0 ? kind : "").padEnd(8),
            hop.machine.padEnd(12),
            hop.interface.padEnd(5),
            hop.direction.padEnd(4),
            `${hop.source} -> ${hop.destination}`.padEnd(46),
            notesAt(request, hops, index, plan).join("; "),
        ]
            .join(" ")
            .trimEnd(),
    );
}
