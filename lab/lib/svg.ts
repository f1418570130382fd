/** Attributes of an SVG element; an undefined one is left out. */
export type Attributes = Record<string, string | number | undefined>;

/** Colours of the lab's pictures. */
export const ink = "#24364b";
export const faint = "#5a6b7e";

/** Attributes of explanatory text. */
export const small = { fill: faint, "font-size": 12 };

/**
 * An SVG element with the given attributes, in their order.
 *
 * @param content markup; default: an empty element
 */
export function element(name: string, attributes: Attributes = {}, content?: string): string {
    const written = Object.entries(attributes)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => ` ${key}="${escapeMarkup(String(value))}"`)
        .join("");
    return content === undefined ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** A line of text at a position in pixels. */
export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
    return element("text", { x, y, ...attributes }, escapeMarkup(content));
}

/** A box with a border and round corners; position and size in pixels. */
export function box(x: number, y: number, width: number, height: number, attributes: Attributes = {}): string {
    return element("rect", { x, y, width, height, rx: 6, fill: "#fff", stroke: ink, ...attributes });
}

/** A line between two points in pixels. */
export function line(x1: number, y1: number, x2: number, y2: number, attributes: Attributes = {}): string {
    return element("line", { x1, y1, x2, y2, stroke: ink, "stroke-width": 2, ...attributes });
}

/** A picture on a white background; width and height in pixels. Text is centred by default. */
export function picture(width: number, height: number, content: string[]): string {
    const attributes = {
        xmlns: "http://www.w3.org/2000/svg",
        viewBox: `0 0 ${width} ${height}`,
        "font-family": "sans-serif",
        "font-size": 14,
        "text-anchor": "middle",
        fill: ink,
    };
    const background = element("rect", { width: "100%", height: "100%", fill: "#fff" });
    return `${element("svg", attributes, `\n${[background, ...content].join("\n")}\n`)}\n`;
}

/** Text as it is written in markup, https://www.w3.org/TR/xml/#syntax */
export function escapeMarkup(content: string): string {
    const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
    return content.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
