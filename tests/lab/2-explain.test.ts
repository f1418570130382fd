import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addressPlan, workerNames } from "../../infra/config/address-plan";
import { type Explanation, explain } from "../../lab/explain/explain";
import { isAccepted, outcomeOf } from "../../lab/explain/path";
import { explanationSvg } from "../../lab/explain/picture";
import { addressOf, type Sighting } from "../../lab/explain/sighting";
import { explanationText } from "../../lab/explain/text";
import type { Machines } from "../../lab/lib/ssh";
import type { LabStack } from "../../lab/lib/stack";
import { connect } from "./machines";

const machinesOf = (hops: Sighting[]) => [...new Set(hops.map(({ machine }) => machine))];

describe("lab explain on the broken lab", () => {
    let stack: LabStack;
    let machines: Machines;
    let explanation: Explanation;

    beforeAll(async () => {
        ({ stack, machines } = await connect());
        // Wide enough for software emulation: every second self check is one that nobody answers.
        explanation = await explain(machines, stack, { deadline: 900, progress: (message) => console.error(message) });
    });

    afterAll(async () => {
        await machines?.close();
    });

    it("sees host's request and its answer pass through lb", () => {
        const { path, balanced } = explanation.host;
        expect(outcomeOf(path)).toBe("through lb");
        expect(isAccepted(path)).toBe(true);
        expect(balanced).toBe(true);
        const [client, balancer, worker] = machinesOf(path.syn);
        expect([client, balancer]).toEqual(["host", "lb"]);
        expect(workerNames).toContain(worker);
        expect(machinesOf(path.synAck)).toEqual([worker, "lb", "host"]);
    });

    it("sees the self check pass through lb, and its answer not", () => {
        const { sender, path, balanced } = explanation.selfCheck;
        expect(sender).toBe("self check");
        expect(outcomeOf(path)).toBe("bypasses lb");
        expect(isAccepted(path)).toBe(false);
        expect(balanced).toBe(true);
        const [client, balancer, worker] = machinesOf(path.syn);
        expect(balancer).toBe("lb");
        expect(path.syn[0]?.destination).toBe(`${stack.vip}:80`);
        expect(machinesOf(path.synAck)).toEqual([worker, client]);
        const answer = path.synAck.at(-1);
        expect(answer && addressOf(answer.source)).toBe(worker && stack.machines[worker]);
        expect(path.rst[0]?.machine).toBe(client);
    });

    it("says and draws it", () => {
        const plan = addressPlan(stack.network);
        const text = explanationText(explanation, plan);
        expect(text).toContain("=> the answer comes back through lb");
        expect(text).toContain("=> the answer bypasses lb");
        const svg = explanationSvg(explanation, plan);
        expect(svg).toContain("✗ the answer bypasses lb");
        expect(svg).toContain("sees no answer");
    });

    it("leaves no capture running", async () => {
        for (const name of ["lb", "host", ...workerNames] as const) {
            expect((await machines.run(name, "pgrep --exact tcpdump; ls /run/lab-explain-*")).stdout).toBe("");
        }
    });
});
