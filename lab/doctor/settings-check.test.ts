import { expect, it } from "vitest";
import { resultOf } from "../../infra/preflight/fake-host.ts";
import { settings } from "./settings-check.ts";

const result = (text?: string) =>
    resultOf(settings("dev"), { files: text === undefined ? {} : { "/lab/Pulumi.dev.yaml": text } });

it("passes without settings and with valid ones", async () => {
    expect(await result()).toEqual({ state: "ok", detail: "the stack dev has the defaults" });
    expect(await result("encryptionsalt: v1:x\n")).toMatchObject({ state: "ok" });
    expect(
        await result('config:\n  certificate-lab:fixed: "true"\n  certificate-lab:accelerator: tcg\n'),
    ).toMatchObject({
        state: "ok",
    });
});

it("fails with every mistake", async () => {
    const text = "config:\n  certificate-lab:network: 8.8.8.0/24\n  certificate-lab:acelerator: kvm\n";
    expect(await result(text)).toEqual({
        state: "fail",
        detail: expect.stringMatching(/network: .*private range.*; acelerator: /),
        remedy: "pulumi config --stack dev",
    });
});
