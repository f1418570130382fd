import { isDeepStrictEqual } from "node:util";
import type { ProtectedObject } from "./evidence";

type Difference = ProtectedObject["differences"][number];

/** Characters of a value that are kept. */
const shown = 300;

/** The fields in which two JSON values differ, at most 20. */
export function differences(expected: unknown, found: unknown, path = ""): Difference[] {
    if (isDeepStrictEqual(expected, found)) {
        return [];
    }
    if (!isObject(expected) || !isObject(found)) {
        return [{ path, expected: shorten(expected), found: shorten(found) }];
    }
    return [...new Set([...Object.keys(expected), ...Object.keys(found)])]
        .flatMap((key) => differences(expected[key], found[key], path === "" ? key : `${path}.${key}`))
        .slice(0, 20);
}

function shorten(value: unknown): string | undefined {
    return value === undefined ? undefined : JSON.stringify(value).slice(0, shown);
}

function isObject(value: unknown): value is Record<string, unknown> {
    return value !== null && typeof value === "object";
}
