import type { AddressPlan } from "../../infra/config/address-plan";
import { element, picture } from "../lib/svg";
import { panel } from "./layout";
import { panelSvg } from "./panel";
import type { Explanation } from "./request-reader";

const margin = 16;

/** The explanation as an SVG picture: the request from host above, the self check below, in the same columns. */
export function explanationSvg({ host, selfCheck }: Explanation, plan: AddressPlan): string {
    const panels = [host, selfCheck].map((request, i) => {
        const transform = `translate(${margin} ${margin + i * (panel.height + margin)})`;
        return element("g", { transform }, `\n${panelSvg(request, plan).join("\n")}\n`);
    });
    return picture(panel.width + 2 * margin, 2 * panel.height + 3 * margin, panels);
}
