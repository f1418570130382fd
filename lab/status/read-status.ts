import { type MachineName, machineNames } from "../../infra/config/address-plan";
import { currentCell } from "../cell/enter";
import { failureReason } from "../lib/failure";
import type { Machines } from "../lib/ssh";
import { listVirtualServers, parseVirtualServers } from "../lib/virtual-servers";
import { readClusterStatus } from "./cluster-status";
import { readDomains } from "./domains";
import type { ClusterStatus, LabStatus, MachineStatus, Result, StatusStack } from "./lab-status";

/** Seconds for a machine to respond; an emulated one needs a few for a handshake. */
const deadline = 40;

/**
 * Reads the status of a lab, from all machines at once. Each part that does not respond before its deadline is replaced
 * by the reason.
 *
 * @param machines undefined as long as the stack has no key for them
 */
export async function readStatus(stack: StatusStack, machines: Machines | undefined): Promise<LabStatus> {
    const domains = await readDomains(stack.libvirtUri);
    const domainOf = (name: MachineName): string =>
        "failure" in domains ? "unknown" : (domains.value.get(`${stack.labName}-${name}`) ?? "not built");
    /** The reason not to contact a machine, which saves the wait for its deadline. */
    const unavailable = (name: MachineName): string | undefined =>
        "value" in domains && domainOf(name) !== "running" ? `${name} is ${domainOf(name)}` : undefined;

    const run = async (name: MachineName, command: string): Promise<Result<string>> => {
        const failure = unavailable(name);
        if (failure !== undefined) {
            return { failure };
        }
        if (machines === undefined) {
            return { failure: "the stack has no key for it yet" };
        }
        const result = await machines.run(name, command, { deadline });
        return result.exitCode === 0 ? { value: result.stdout } : { failure: failureReason(result) };
    };
    const machineStatus = async (name: MachineName): Promise<[MachineName, MachineStatus]> => [
        name,
        { address: stack.access.machines[name], domain: domainOf(name), uptime: await run(name, "uptime --pretty") },
    ];
    const virtualServers = async (): Promise<LabStatus["virtualServers"]> => {
        const listed = await run("lb", listVirtualServers);
        return "failure" in listed ? listed : { value: parseVirtualServers(listed.value) };
    };
    const cluster = async (): Promise<ClusterStatus> => {
        const failure = unavailable("k8s-master");
        if (failure !== undefined) {
            return unreadCluster(failure);
        }
        return stack.kubeconfig === undefined
            ? unreadCluster("the cluster is not built yet")
            : readClusterStatus(stack.kubeconfig);
    };
    const [statuses, servers, objects] = await Promise.all([
        Promise.all(machineNames.map(machineStatus)),
        virtualServers(),
        cluster(),
    ]);
    const { labName, built, fixed, pending } = stack;
    return {
        lab: { labName, built, fixed, pending },
        libvirtFailure: "failure" in domains ? domains.failure : undefined,
        machines: Object.fromEntries(statuses) as Record<MachineName, MachineStatus>,
        ...objects,
        virtualServers: servers,
        exposed: (currentCell()?.record.exposed ?? []).map(({ machine, address, port }) => ({
            machine,
            address,
            port,
        })),
    };
}

function unreadCluster(failure: string): ClusterStatus {
    return { nodes: { failure }, certificate: { failure }, challenges: { failure } };
}
