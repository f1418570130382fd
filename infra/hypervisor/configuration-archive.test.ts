import { execFileSync } from "node:child_process";
import { lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configurationArchive } from "./configuration-archive";
import { writeFile } from "./configuration-disk";

const file = (path: string, content: string, permissions = "0644") => ({ path, content, permissions });

let root: string;
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "configuration-"));
});
afterEach(() => rmSync(root, { recursive: true }));

describe("configurationArchive", () => {
    const unpack = (archive: Buffer) =>
        execFileSync("tar", ["--extract", "--directory", root], {
            input: archive,
            stdio: ["pipe", "ignore", "inherit"],
        });

    it("contains files with their text and mode", async () => {
        unpack(await configurationArchive([file("/etc/hostname", "証明書\n"), file("/root/key", "k", "0600")], []));
        expect(readFileSync(join(root, "etc/hostname"), "utf8")).toBe("証明書\n");
        expect(lstatSync(join(root, "root/key")).mode & 0o777).toBe(0o600);
    });

    it("contains files that belong to root", async () => {
        const archive = await configurationArchive([file("/etc/hostname", "lb\n")], ["named.service"]);
        const listed = execFileSync("tar", ["--list", "--verbose", "--numeric-owner"], {
            input: archive,
            encoding: "utf8",
        });
        expect(listed.trimEnd().split("\n")).toEqual([
            expect.stringMatching(/ 0\/0 /),
            expect.stringMatching(/ 0\/0 /),
        ]);
    });

    it("links units of packages and of the given files", async () => {
        const own = file("/etc/systemd/system/own.service", "[Unit]\n");
        unpack(await configurationArchive([own], ["own.service", "named.service"]));
        const target = (unit: string) => readlinkSync(join(root, "etc/systemd/system/multi-user.target.wants", unit));
        expect(target("own.service")).toBe("/etc/systemd/system/own.service");
        expect(target("named.service")).toBe("/usr/lib/systemd/system/named.service");
    });

    it("contains the later of two files with one path", async () => {
        unpack(await configurationArchive([file("/etc/hostname", "a"), file("/etc/hostname", "b")], []));
        expect(readFileSync(join(root, "etc/hostname"), "utf8")).toBe("b");
    });

    it("returns the same bytes for the same input", async () => {
        const archive = () => configurationArchive([file("/etc/hostname", "lb\n")], ["named.service"]);
        expect(await archive()).toEqual(await archive());
    });
});

describe("writeFile", () => {
    it("writes a disk that only its owner can read", () => {
        const disk = join(root, "a folder", "lb.tar");
        execFileSync("sh", ["-c", writeFile], { input: "AAEC", env: { ...process.env, FILE: disk } });
        expect([...readFileSync(disk)]).toEqual([0, 1, 2]);
        expect(lstatSync(disk).mode & 0o777).toBe(0o600);
    });
});
