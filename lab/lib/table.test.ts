import { expect, it } from "vitest";
import { table } from "./table";

it("aligns columns, also of rows with fewer cells", () => {
    expect(
        table([
            ["MACHINE", "STATE"],
            ["lb", "running", "up 5 minutes"],
            ["acme-server", ""],
        ]),
    ).toEqual(["MACHINE      STATE", "lb           running  up 5 minutes", "acme-server"]);
});

it("is empty without rows", () => {
    expect(table([])).toEqual([]);
});

it("shows control characters and line ends of a cell as text", () => {
    expect(table([["a\u001b[31mb\nc", "d"]])).toEqual(["a\\u{1b}[31mb c  d"]);
});
