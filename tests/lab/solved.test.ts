import { afterAll, describe, expect, it } from "vitest";
import type { Machines } from "../../lab/lib/ssh";
import type { LabStack } from "../../lab/lib/stack";
import { certificateLine, connect, grade, onHost, pulumi, until } from "./machines";

describe("fixed=true", () => {
    let stack: LabStack;
    let machines: Machines;

    afterAll(() => machines?.close());

    it("reaches both end conditions before pulumi returns", async () => {
        expect((await pulumi("up", "--yes", "--skip-preview", "-c", "fixed=true")).exitCode).toBe(0);
        ({ stack, machines } = await connect());
        expect(stack.state).toBe("solved");
        expect(await certificateLine(machines)).toMatch(/^www-ictsc-test-tls +True /m);
        // The ingress controller reloads its proxy for the certificate, so a busy machine may refuse a request once.
        await until("the page", async () =>
            (await onHost(machines, "curl -L www.ictsc.test")).stdout.includes("<title>Welcome to nginx!</title>"),
        );
    });

    it("is graded as solved by hairpin NAT", async () => {
        expect(await grade(machines, stack)).toEqual({ verdict: 0, solutions: ["hairpin NAT on lb"] });
    });

    it("leaves nothing to change", async () => {
        expect((await pulumi("preview", "--expect-no-changes")).exitCode).toBe(0);
        expect((await pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")).exitCode).toBe(0);
    });
});
