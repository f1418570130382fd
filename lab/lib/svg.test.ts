import { expect, it } from "vitest";
import { element, picture, text } from "./svg";

it("writes attributes in order, and leaves undefined ones out", () => {
    expect(element("rect", { x: 1, rx: undefined, fill: "#fff" })).toBe('<rect x="1" fill="#fff"/>');
});

it("escapes text and attributes", () => {
    expect(text(1, 2, 'a <b> & "c"')).toBe('<text x="1" y="2">a &lt;b&gt; &amp; &quot;c&quot;</text>');
    expect(element("a", { title: '"<' })).toBe('<a title="&quot;&lt;"/>');
});

it("wraps a picture", () => {
    const [first, background, ...rest] = picture(10, 20, [element("path")]).split("\n");
    expect(first).toContain('viewBox="0 0 10 20"');
    expect(background).toBe('<rect width="100%" height="100%" fill="#fff"/>');
    expect(rest).toEqual(["<path/>", "</svg>", ""]);
});
