import { expect, it } from "vitest";
import { addressPlan } from "../../../infra/config/address-plan";
import type { Machines } from "../../lib/ssh";
import type { LabStack } from "../../lib/stack";
import { gather } from "./gather";
import { ipvs } from "./sample";

const plan = addressPlan();

/** Machines whose examinations have the texts of these sections, `machine/section`, and otherwise empty ones. */
function fakeMachines(texts: Record<string, string>) {
    const examined: string[] = [];
    const run = async (machine: string, command: string) => {
        const marker = /marker=([0-9a-f]{32})/.exec(command)?.[1];
        const names = [...command.matchAll(/begin %s\\n'\\'' "\$marker" (\S+)/g)].map(([, name = ""]) => name);
        examined.push(...names.map((name) => `${machine}/${name}`));
        const frames = names.map((name) => {
            const text = texts[`${machine}/${name}`] ?? "";
            return `\n${marker} begin ${name}\n${text}\n${marker} end ${name} 0`;
        });
        return {
            exitCode: 0,
            stdout: `${frames.join("\n")}\n${marker} complete`,
            stderr: "",
            machine,
            command,
            when: "",
        };
    };
    return { machines: { run } as unknown as Machines, examined };
}

/** The cluster cannot be read: the lab has no kubeconfig. */
const outputs = { network: plan.network, kubeconfig: "" } as LabStack;

const curl = (port: number) => `\n0\t302\t${port}\t0.1\t${plan.machines["k8s-worker2"]}\t\t`;

it("requests each ingress controller's response from the other worker", async () => {
    const { machines } = fakeMachines({ "k8s-worker1/reference-0": curl(1), "k8s-worker2/reference-0": curl(2) });
    const { selfCheck } = await gather(machines, outputs);
    expect(selfCheck.references.map(({ node, exchanges }) => [node, exchanges[0]?.localPort])).toEqual([
        ["k8s-worker2", 1],
        ["k8s-worker1", 2],
    ]);
});

it("reads lb's files once, then its tables, and connects to the real servers that are absent", async () => {
    const solved = fakeMachines({ "lb/ip_vs": ipvs });
    const sections = (examined: string[]) => examined.filter((name) => name.startsWith("lb/"));
    const evidence = await gather(solved.machines, outputs);
    expect(new Set(sections(solved.examined)).size).toBe(sections(solved.examined).length);
    expect(Object.keys(evidence.machines.lb?.sections ?? {})).toEqual(
        expect.arrayContaining(["keepalived.conf", "ip_vs", "connections"]),
    );
    expect(solved.examined).not.toContain("lb/health-check");
    const absent = fakeMachines({ "lb/ip_vs": ipvs.replace(/ {2}-> C0A81483:0050.*\n/, "") });
    await gather(absent.machines, outputs);
    expect(absent.examined).toContain("lb/health-check");
});

it("examines k8s-master when the API server does not respond", async () => {
    const { machines, examined } = fakeMachines({});
    const { cluster } = await gather(machines, outputs);
    expect(cluster.failure?.kind).toBe("unreachable");
    expect(examined).toContain("k8s-master/boot");
});
