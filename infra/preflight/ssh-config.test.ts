import { describe, expect, it } from "vitest";
import { parseSshConfig, SshConfigError } from "./ssh-config.ts";

const files: Record<string, string> = {
    "/home/ann/.ssh/lab.conf": "Host server\n  Port 2222\n",
    "/home/ann/.ssh/loop.conf": "Include loop.conf\n",
};

const parse = (text: string) =>
    parseSshConfig(
        text,
        "/home/ann",
        (pattern) => Object.keys(files).filter((file) => file === pattern),
        (path) => files[path],
    );

describe("parseSshConfig", () => {
    it("reads keywords in any case, with spaces or an equals sign, without comments", () => {
        const config = parse("# all\nport = 22\nHost server\r\n\tHostName=10.0.0.1\n  identityfile ~/.ssh/a # old\n");
        expect(config.all("server", "Port")).toEqual(["22"]);
        expect(config.all("server", "hostname")).toEqual(["10.0.0.1"]);
        expect(config.all("server", "IdentityFile")).toEqual(["~/.ssh/a"]);
        expect(config.all("other", "HostName")).toEqual([]);
    });

    it("returns all values in the order of the file", () => {
        const config = parse("Host server\n IdentityFile a\nHost *\n IdentityFile b\n");
        expect(config.all("server", "IdentityFile")).toEqual(["a", "b"]);
    });

    it("matches wildcards and negated patterns", () => {
        const config = parse("Host *.lab !bad.lab 10.0.0.?\n Port 2222\n");
        expect(config.all("good.lab", "Port")).toEqual(["2222"]);
        expect(config.all("10.0.0.7", "Port")).toEqual(["2222"]);
        expect(config.all("bad.lab", "Port")).toEqual([]);
        expect(config.all("goodxlab", "Port")).toEqual([]);
    });

    it("includes files relative to ~/.ssh, inside of their section", () => {
        expect(parse("Include lab.conf\n").all("server", "Port")).toEqual(["2222"]);
        expect(parse("Host other\nInclude lab.conf\n").all("server", "Port")).toEqual([]);
        expect(parse("Include missing.conf\n").all("server", "Port")).toEqual([]);
    });

    it("rejects Match, and Include without end", () => {
        expect(() => parse("Match all\n  Port 2222\n")).toThrow(SshConfigError);
        expect(() => parse("Include loop.conf\n")).toThrow("nested");
    });
});
