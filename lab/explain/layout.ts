import type { Place } from "./hops";

/** Sizes and positions in pixels, inside a panel. */
export const panel = { width: 1000, height: 336 };
export const machineBox = { width: 190, top: 56, bottom: 278 };
/** lb's box ends higher: a reply that bypasses lb passes below it. */
export const lbBottom = 218;
export const leftOf: Record<Place, number> = { client: 16, lb: 405, server: 794 };
/** Heights of the arrows. */
export const rows = { request: 122, reply: 188, bypass: 256 };

export const colors = { request: "#1f6feb", accepted: "#1a7f37", failed: "#cf222e" };
