import { afterAll, expect, it } from "vitest";
import type { Machines } from "../../lab/lib/ssh";
import { certificateLine, connect, grade, onHost, pulumi, until } from "./machines";

let machines: Machines;

afterAll(() => machines?.close());

it("fixed=false breaks the solved lab again", async () => {
    expect((await pulumi("up", "--yes", "--skip-preview", "-c", "fixed=true")).exitCode).toBe(0);
    expect((await pulumi("up", "--yes", "--skip-preview", "-c", "fixed=false")).exitCode).toBe(0);
    const lab = await connect();
    machines = lab.machines;
    expect(lab.stack.state).toBe("broken");
    expect(await certificateLine(machines)).toMatch(/^www-ictsc-test-tls +False /m);
    await until(
        "curl to refuse the page",
        async () => (await onHost(machines, "curl -L www.ictsc.test")).exitCode === 60,
    );
    expect(await grade(machines, lab.stack)).toEqual({ verdict: 1, solutions: [] });
    expect((await pulumi("preview", "--expect-no-changes")).exitCode).toBe(0);
});
