import { describe, expect, it } from "vitest";
import { type FakeMachine, resultOf } from "../fake-host.ts";
import { architecture, packages } from "./packages.ts";

describe("architecture", () => {
    it("accepts x86-64 only", async () => {
        expect(await resultOf(architecture, {})).toMatchObject({ state: "ok" });
        expect(await resultOf(architecture, { architecture: "arm64" })).toMatchObject({
            state: "fail",
            detail: expect.stringContaining("arm64"),
        });
    });
});

describe("packages", () => {
    const debian: FakeMachine = {
        programs: ["dpkg-query"],
        files: { "/lab/toolchain/packages.txt": "curl\njq\n" },
        commands: { "dpkg-query": { exitCode: 1, stdout: "curl installed\n" } },
    };

    it("passes when all are installed", async () => {
        const commands = { "dpkg-query": "curl installed\njq installed\n" };
        expect(await resultOf(packages, { ...debian, commands })).toEqual({
            state: "ok",
            detail: "all 2 are installed",
        });
    });

    it("names what make up installs", async () => {
        const root = { ...debian, user: { uid: 0 } };
        expect(await resultOf(packages, root)).toEqual({ state: "ok", detail: "make up installs 1: jq" });
    });

    it("counts a package that was removed but not purged as missing", async () => {
        const commands = { "dpkg-query": "curl installed\njq config-files\n" };
        const machine = { ...debian, user: { uid: 0 }, commands };
        expect(await resultOf(packages, machine)).toMatchObject({ detail: "make up installs 1: jq" });
    });

    it("fails when only root can install them and there is no sudo", async () => {
        expect(await resultOf(packages, debian)).toEqual({
            state: "fail",
            detail: "only root can install the missing ones: jq",
            remedy: "su --command 'apt-get install --yes --no-install-recommends jq'",
        });
    });

    it("fails on another system", async () => {
        expect(await resultOf(packages, { ...debian, programs: [] })).toMatchObject({
            state: "fail",
            remedy: expect.stringContaining("debian:13"),
        });
    });
});
