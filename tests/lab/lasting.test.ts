import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkUntil } from "../../lab/check/lab-check";
import { exitCodeOf } from "../../lab/check/outcome";
import { rebootLoadBalancer } from "../../lab/check/reboot";
import type { Machines } from "../../lab/lib/ssh";
import { type LabStack, readStack } from "../../lab/lib/stack";
import { certificateLine, connect, onHost, pulumi, until } from "./machines";
import { testStack } from "./stack";

describe("the solved lab", () => {
    let stack: LabStack;
    let machines: Machines;

    beforeAll(async () => {
        expect((await pulumi("up", "--yes", "--skip-preview", "-c", "fixed=true")).exitCode).toBe(0);
        ({ stack, machines } = await connect());
    });

    afterAll(() => machines?.close());

    it("survives a reboot of lb", async () => {
        await rebootLoadBalancer(machines, console.log);
        const options = { outputs: stack, stack: await readStack(testStack), deadline: 300 };
        const { outcomes } = await checkUntil(machines, options, console.log);
        expect(exitCodeOf(outcomes)).toBe(0);
        const lb = await machines.run("lb", "sysctl -n net.ipv4.vs.conntrack; iptables -t nat -S POSTROUTING");
        expect(lb.stdout).toMatch(
            /^1\n(.*\n)*-A POSTROUTING -s 192\.168\.20\.128\/25 -m ipvs --vaddr 192\.168\.20\.1.*-j MASQUERADE/,
        );
    });

    it("issues the certificate again when web.yaml is deployed again", async () => {
        await onHost(
            machines,
            "kubectl delete --wait -f manifests/web.yaml && kubectl delete secret www-ictsc-test-tls",
        );
        await onHost(machines, "kubectl apply -f manifests/web.yaml");
        await until("the certificate", async () => /^www-ictsc-test-tls +True/m.test(await certificateLine(machines)));
        await until("the page", async () =>
            (await onHost(machines, "curl -L www.ictsc.test")).stdout.includes("Welcome to nginx!"),
        );
    });
});
