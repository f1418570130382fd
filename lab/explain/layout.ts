import type { Place } from "./legs";

/** Sizes and positions in pixels, inside a panel. */
export const panel = { width: 1000, height: 336 };
export const box = { width: 190, top: 56, bottom: 278 };
/** lb's box ends earlier: what bypasses lb passes below it. */
export const lbBottom = 218;
export const leftOf: Record<Place, number> = { client: 16, lb: 405, server: 794 };
/** Heights of the arrows. */
export const rows = { asked: 122, answered: 188, bypassing: 256 };

export const colors = { ink: "#24364b", faint: "#5a6b7e", asked: "#1f6feb", good: "#1a7f37", bad: "#cf222e" };

/** A line of text; what this project writes into pictures needs no escapes. */
export function text(x: number, y: number, content: string, attributes = ""): string {
    return `<text x="${x}" y="${y}"${attributes && ` ${attributes}`}>${content}</text>`;
}
