import { domain, type NodeName, workerNames } from "../../infra/config/address-plan";
import { kubectl } from "./kubectl";
import type { CommandResult, Machines } from "./ssh";
import type { LabStack } from "./stack";

/**
 * Sends the self check's request in the same way as cert-manager: from its controller's pod, to the address that the
 * cluster's DNS returns for the site. Any response of the ingress controller shows that the path works in both directions.
 *
 * @param resolved the address that the request goes to; default: the address that the cluster's DNS returns now
 * @returns the output of curl; exit code 0 with a response, 28 without one in time (curl(1)), 1 without a Pod to run in
 */
export async function requestFromCertManager(
    machines: Machines,
    stack: LabStack,
    resolved: Promise<string> = resolveInCluster(machines),
): Promise<CommandResult> {
    const { answer, machine, address } = await locateCertManager(machines, stack);
    if (machine === undefined) {
        // kubectl finds no pod and succeeds.
        return {
            ...answer,
            exitCode: answer.exitCode || 1,
            stderr: answer.stderr || "no Pod to send the request from",
        };
    }
    return machines.run(
        machine,
        `in-pod-network ${address} curl --silent --show-error --max-time 20 --output /dev/null ` +
            `--write-out '%{http_code} from %{remote_ip}' --resolve www.${domain}:80:${await resolved} http://www.${domain}/`,
    );
}

/** The node and the Pod's address of cert-manager's controller, or the output of kubectl if it runs on no worker. */
export async function locateCertManager(
    machines: Machines,
    stack: LabStack,
): Promise<{ answer: CommandResult; machine?: NodeName; address: string }> {
    const answer = await machines.run(
        "k8s-master",
        `${kubectl} get pods --namespace cert-manager --selector app.kubernetes.io/component=controller ` +
            "--field-selector status.phase=Running --output jsonpath='{.items[0].status.hostIP} {.items[0].status.podIP}'",
    );
    const [hostAddress, address = ""] = answer.exitCode === 0 ? answer.stdout.split(" ") : [];
    return { answer, machine: workerNames.find((name) => stack.machines[name] === hostAddress), address };
}

/** The address to which the site resolves in Pods: the VIP, unless CoreDNS was changed. Empty if it does not resolve. */
export async function resolveInCluster(machines: Machines): Promise<string> {
    const { stdout } = await machines.run(
        "k8s-master",
        `dig +short +time=10 @$(${kubectl} get service kube-dns --namespace kube-system --output jsonpath='{.spec.clusterIP}') www.${domain}`,
    );
    return stdout.split("\n").at(-1) ?? "";
}
