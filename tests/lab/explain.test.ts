import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addressPlan, workerNames } from "../../infra/config/address-plan";
import { addressOf, type CapturedSegment } from "../../lab/explain/captured-segment";
import { explain } from "../../lab/explain/explain";
import { explanationSvg } from "../../lab/explain/explanation-svg";
import { explanationText } from "../../lab/explain/explanation-text";
import { isAccepted, outcomeOf } from "../../lab/explain/path";
import type { Explanation } from "../../lab/explain/request-reader";
import type { Machines } from "../../lab/lib/ssh";
import type { LabStack } from "../../lab/lib/stack";
import { connect } from "./machines";

const machinesOf = (segments: CapturedSegment[]) => [...new Set(segments.map(({ machine }) => machine))];

describe("lab explain on the broken lab", () => {
    let stack: LabStack;
    let machines: Machines;
    let explanation: Explanation;

    beforeAll(async () => {
        ({ stack, machines } = await connect());
        // Wide enough for software emulation: every second self check has no reply.
        explanation = await explain(machines, stack, { deadline: 900, progress: (message) => console.error(message) });
    });

    afterAll(async () => {
        await machines?.close();
    });

    it("captures the request from host and its reply on lb", () => {
        const { path, balanced } = explanation.host;
        expect(outcomeOf(path)).toBe("through lb");
        expect(isAccepted(path)).toBe(true);
        expect(balanced).toBe(true);
        const [client, balancer, worker] = machinesOf(path.syn);
        expect([client, balancer]).toEqual(["host", "lb"]);
        expect(workerNames).toContain(worker);
        expect(machinesOf(path.synAck)).toEqual([worker, "lb", "host"]);
    });

    it("captures the self check on lb, and its reply elsewhere", () => {
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

    it("prints and draws it", () => {
        const plan = addressPlan(stack.network);
        const text = explanationText(explanation, plan);
        expect(text).toContain("=> the reply returns through lb");
        expect(text).toContain("=> the reply bypasses lb");
        const svg = explanationSvg(explanation, plan);
        expect(svg).toContain("✗ the reply bypasses lb");
        expect(svg).toContain("no reply here");
    });

    it("leaves no capture running", async () => {
        for (const name of ["lb", "host", ...workerNames] as const) {
            expect((await machines.run(name, "pgrep --exact tcpdump; ls /run/lab-explain-*")).stdout).toBe("");
        }
    });
});
