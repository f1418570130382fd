import { printableLine } from "./printable";

/** Characters that a cell may have. */
const limit = 1000;

/** Aligns rows in columns with two spaces between them; one printable line for each row, without spaces at its end. */
export function table(rows: readonly (readonly string[])[]): string[] {
    const printable = rows.map((row) => row.map((cell) => printableLine(cell, limit)));
    const columns = Math.max(0, ...printable.map((row) => row.length));
    const widths = Array.from({ length: columns }, (_, column) =>
        Math.max(...printable.map((row) => row[column]?.length ?? 0)),
    );
    return printable.map((row) =>
        row
            .map((cell, column) => cell.padEnd(widths[column] ?? 0))
            .join("  ")
            .trimEnd(),
    );
}
