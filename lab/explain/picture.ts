import type { AddressPlan } from "../../infra/config/address-plan";
import type { Explanation } from "./explain";
import { colors, panel } from "./layout";
import { panelSvg } from "./panel";

const margin = 16;

/** The explanation as an SVG picture: host's request above, the self check below, the same columns in both. */
export function explanationSvg({ host, selfCheck }: Explanation, plan: AddressPlan): string {
    const width = panel.width + 2 * margin;
    const height = 2 * panel.height + 3 * margin;
    return `${[
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="14" text-anchor="middle" fill="${colors.ink}">`,
        '<rect width="100%" height="100%" fill="#fff"/>',
        ...[host, selfCheck].flatMap((request, i) => [
            `<g transform="translate(${margin} ${margin + i * (panel.height + margin)})">`,
            ...panelSvg(request, plan),
            "</g>",
        ]),
        "</svg>",
    ].join("\n")}\n`;
}
