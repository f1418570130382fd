import { type MachineName, machineNames } from "../../infra/config/address-plan";
import { problemOf } from "../lib/failure";
import type { Machines } from "../lib/ssh";
import { listVirtualServers, parseVirtualServers } from "../lib/virtual-servers";
import { clusterCommands, parseCertificate, parseChallenges, parseNodes } from "./cluster";
import { readDomains } from "./domains";
import type { Answer, LabObservation, MachineStatus, ObservedStack } from "./observation";

/** Seconds that a machine has for an answer; an emulated one needs a few for a handshake. */
const deadline = 40;

/**
 * Looks at a lab, all machines at once. What does not answer within its deadline says so in its place.
 *
 * @param machines undefined as long as the stack has no key to reach them with
 */
export async function observe(state: ObservedStack, machines: Machines | undefined): Promise<LabObservation> {
    const domains = await readDomains(state.libvirtUri);
    const domainOf = (name: MachineName): string =>
        "problem" in domains ? "unknown" : (domains.value.get(`${state.labName}-${name}`) ?? "not built");

    const ask = async (name: MachineName, command: string): Promise<Answer<string>> => {
        // A machine that isn't running need not be waited for.
        if ("value" in domains && domainOf(name) !== "running") {
            return { problem: `${name} is ${domainOf(name)}` };
        }
        if (machines === undefined) {
            return { problem: "the stack has no key for it yet" };
        }
        const result = await machines.run(name, command, { deadline });
        return result.exitCode === 0 ? { value: result.stdout } : { problem: problemOf(result) };
    };
    // The first command opens the connection that the others share, or tells that there will be none.
    const uptimes = Object.fromEntries(machineNames.map((name) => [name, ask(name, "uptime --pretty")])) as Record<
        MachineName,
        Promise<Answer<string>>
    >;
    const details = async <T>(name: MachineName, command: string, parse: (text: string) => T): Promise<Answer<T>> => {
        const uptime = await uptimes[name];
        const answer = "problem" in uptime ? uptime : await ask(name, command);
        return "problem" in answer ? answer : { value: parse(answer.value) };
    };
    const status = async (name: MachineName): Promise<[MachineName, MachineStatus]> => [
        name,
        { address: state.access.machines[name], domain: domainOf(name), uptime: await uptimes[name] },
    ];
    const [statuses, nodes, certificate, challenges, virtualServers] = await Promise.all([
        Promise.all(machineNames.map(status)),
        details("k8s-master", clusterCommands.nodes, parseNodes),
        details("k8s-master", clusterCommands.certificates, parseCertificate),
        details("k8s-master", clusterCommands.challenges, parseChallenges),
        details("lb", listVirtualServers, parseVirtualServers),
    ]);
    const { labName, built, fixed, pending } = state;
    return {
        lab: { labName, built, fixed, pending },
        libvirtProblem: "problem" in domains ? domains.problem : undefined,
        machines: Object.fromEntries(statuses) as Record<MachineName, MachineStatus>,
        nodes,
        certificate,
        challenges,
        virtualServers,
    };
}
