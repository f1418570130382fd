import { machineNames } from "../../infra/address-plan";
import type { Machines } from "../ssh";
import type { LabStack } from "../stack";

const kubectl = "kubectl --kubeconfig /etc/kubernetes/admin.conf";

/** One screen about a lab, also about a half-dead one: what does not answer says so. */
export async function statusText(machines: Machines, stack: LabStack): Promise<string> {
    const ask = async (machine: (typeof machineNames)[number], command: string) => {
        const { exitCode, stdout, stderr } = await machines.run(machine, command, { deadline: 40 });
        return exitCode === 0 ? stdout : (stderr.trim().split("\n")[0] ?? "") || "no answer";
    };
    const [uptimes, nodes, certificate, challenges, servers] = await Promise.all([
        Promise.all(machineNames.map((name) => ask(name, "uptime --pretty"))),
        ask("k8s-master", `${kubectl} get nodes --no-headers`),
        ask("k8s-master", `${kubectl} get certificate`),
        ask(
            "k8s-master",
            `${kubectl} get challenges --output jsonpath='{range .items[*]}{.status.reason}{"\\n"}{end}'`,
        ),
        ask("lb", "ipvsadm --list --numeric"),
    ]);
    return [
        `fixed: ${stack.state === "solved"}`,
        ...machineNames.map((name, i) => `${name.padEnd(12)} ${stack.machines[name].padEnd(16)} ${uptimes[i]}`),
        "",
        "Nodes",
        nodes,
        "",
        "Certificate",
        certificate,
        "",
        "Challenge",
        challenges || "none",
        "",
        "VIP and real servers",
        servers,
    ].join("\n");
}
