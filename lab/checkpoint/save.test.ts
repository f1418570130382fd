import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recordFile } from "./record";
import { placeFolder } from "./save";

let root: string;
let folder: string;
let partial: string;

beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "place-"));
    folder = join(root, "noon");
    partial = join(root, "noon.dev-1.partial");
});

afterEach(() => rmSync(root, { recursive: true }));

/** A folder with saved machines; without a record it is incomplete. */
function savedAt(path: string, content: string, { complete = true } = {}): void {
    mkdirSync(path);
    writeFileSync(join(path, "content"), content);
    if (complete) {
        writeFileSync(join(path, recordFile), "{}");
    }
}

const contentOf = (path: string) => readFileSync(join(path, "content"), "utf8");

describe("placeFolder", () => {
    it("replaces an earlier folder by a complete one", async () => {
        savedAt(folder, "earlier");
        savedAt(partial, "new");
        await placeFolder({ partial, folder });
        expect(contentOf(folder)).toBe("new");
        expect(existsSync(partial) || existsSync(`${partial}.earlier`)).toBe(false);
    });

    it("keeps the earlier folder when the new one is incomplete", async () => {
        savedAt(folder, "earlier");
        savedAt(partial, "new", { complete: false });
        await placeFolder({ partial, folder });
        expect(contentOf(folder)).toBe("earlier");
        expect(existsSync(partial)).toBe(false);
    });

    it("completes a replacement that was interrupted between its two renames", async () => {
        savedAt(`${partial}.earlier`, "earlier");
        savedAt(partial, "new");
        await placeFolder({ partial, folder });
        expect(contentOf(folder)).toBe("new");
        expect(existsSync(`${partial}.earlier`)).toBe(false);
    });

    it("returns the earlier folder when the new one is lost", async () => {
        savedAt(`${partial}.earlier`, "earlier");
        await placeFolder({ partial, folder });
        expect(contentOf(folder)).toBe("earlier");
    });

    it("does nothing to a folder that is in place", async () => {
        savedAt(folder, "new");
        await placeFolder({ partial, folder });
        expect(contentOf(folder)).toBe("new");
    });

    it("keeps an incomplete folder on request", async () => {
        savedAt(partial, "new", { complete: false });
        await placeFolder({ partial, folder }, { keepPartial: true });
        expect(contentOf(partial)).toBe("new");
    });
});
