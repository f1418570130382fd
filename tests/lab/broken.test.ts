import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addressPlan, nodeNames } from "../../infra/config/address-plan";
import { repositoryRoot } from "../../infra/config/config-files";
import { manifestNames } from "../../infra/workloads/manifest-files";
import type { Machines } from "../../lab/lib/ssh";
import type { LabStack } from "../../lab/lib/stack";
import { certificateLine, connect, grade, onHost, passwordLogin, until } from "./machines";

describe("the broken lab", () => {
    let stack: LabStack;
    let machines: Machines;

    beforeAll(async () => {
        ({ stack, machines } = await connect());
    });

    afterAll(() => machines?.close());

    it("has the output state: broken", () => {
        expect(stack.state).toBe("broken");
    });

    it("has three Ready nodes, and kube-proxy is not in IPVS mode", async () => {
        const nodes = await onHost(machines, "kubectl get nodes --no-headers");
        expect(nodes.stdout.match(/^\S+ +Ready /gm)).toHaveLength(3);
        for (const node of nodeNames) {
            const mode = await machines.run(node, "curl --silent http://127.0.0.1:10249/proxyMode");
            expect(mode.stdout).toBe("nftables");
        }
    });

    it("shows the problem statement's symptoms", async () => {
        const curl = await onHost(machines, "curl -L www.ictsc.test");
        expect(curl.exitCode).toBe(60);
        expect(curl.stderr).toContain("curl: (60) SSL certificate problem: unable to get local issuer certificate");
        expect(await certificateLine(machines)).toMatch(/^www-ictsc-test-tls +False +www-ictsc-test-tls /m);
        let reason = "";
        await until("the challenge's reason", async () => {
            reason = (await onHost(machines, "kubectl describe challenges.acme.cert-manager.io")).stdout;
            // On a busy machine, cert-manager's deadline can end a self check before the kernel's.
            return reason.includes("failed to perform self check") && reason.includes("connection timed out");
        });
        expect(reason).toMatch(
            /Reason: +Waiting for HTTP-01 challenge propagation: failed to perform self check GET request 'http:\/\/www\.ictsc\.test\/\.well-known\/acme-challenge\/[\w-]+': Get "http:\/\/www\.ictsc\.test\/\.well-known\/acme-challenge\/[\w-]+": dial tcp 192\.168\.20\.1:80: connect: connection timed out/,
        );
        expect(reason).toMatch(/State: +pending/);
    });

    it("is broken because the reply does not return through lb", async () => {
        const plan = addressPlan(stack.network);
        // The self check comes from a node's address; lb's own health checks do not count.
        const capture = (packets: number, flags: string) =>
            `timeout 120 tcpdump --immediate-mode -lnni any -c ${packets} 'tcp port 80 and tcp[tcpflags] & ${flags} and net ${plan.clusterCidr} and not host ${plan.clusterGateway}' 2>/dev/null`;
        const [connecting, bypass] = await Promise.all([
            // The SYN as it arrives and as it leaves, and the same again: the client repeats it after a second.
            machines.run("lb", capture(4, "tcp-syn != 0"), { deadline: 180 }),
            Promise.any(
                (["k8s-worker1", "k8s-worker2"] as const).map(async (worker) => {
                    const reply = capture(1, "(tcp-syn|tcp-ack) == (tcp-syn|tcp-ack)");
                    const seen = await machines.run(worker, reply, { deadline: 180 });
                    expect(seen.exitCode).toBe(0);
                    return seen;
                }),
            ),
        ]);
        expect(connecting.exitCode).toBe(0);
        expect(connecting.stdout).toMatch(/IP 192\.168\.20\.13[01]\.\d+ > 192\.168\.20\.(1|13[01])\.80: Flags \[S\]/);
        expect(connecting.stdout).not.toContain("Flags [S.]");
        expect(bypass.stdout).toContain("Flags [S.]");
    });

    it("accepts the contestants' password on lb and host only", async () => {
        const logins = await Promise.all(
            Object.entries(stack.machines).map(async ([name, address]) => [name, await passwordLogin(address)]),
        );
        expect(Object.fromEntries(logins)).toEqual({
            lb: true,
            host: true,
            "acme-server": false,
            "k8s-master": false,
            "k8s-worker1": false,
            "k8s-worker2": false,
        });
    });

    it("has the applied manifests on host", async () => {
        const web = await machines.run("host", "cat /home/user/manifests/web.yaml");
        expect(`${web.stdout}\n`).toBe(readFileSync(join(repositoryRoot, "manifests", "web.yaml"), "utf8"));
        expect((await onHost(machines, "ls manifests")).stdout.split("\n")).toEqual([...manifestNames]);
    });

    it("is graded as not solved, and no constraint is violated", async () => {
        expect(await grade(machines, stack)).toEqual({ verdict: 1, solutions: [] });
    });
});
