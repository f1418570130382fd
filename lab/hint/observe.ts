import { readFileSync } from "node:fs";
import { join } from "node:path";
import { addressPlan, machineNames } from "../../infra/config/address-plan";
import { runChecks } from "../check/checks";
import { pageOnHost } from "../check/page";
import { failureReason } from "../lib/failure";
import { Cluster } from "../lib/kubernetes-api";
import { requestFromCertManager, resolveInCluster } from "../lib/self-check";
import type { CommandResult, Machines } from "../lib/ssh";
import { type LabStack, UnreachableError } from "../lib/stack";
import { readCluster } from "./cluster";
import { parseLoadBalancer } from "./load-balancer";
import type { ClusterFacts, Observation } from "./observation";

/** Seconds that a machine has to show that it is there. */
const answerDeadline = 60;

const acmeUnits = ["named", "step-ca"];

/**
 * Looks at all of the lab that a hint depends on. Nothing is changed.
 *
 * @param say progress, for people
 * @throws UnreachableError when a machine stops answering meanwhile
 */
export async function observe(
    machines: Machines,
    stack: LabStack,
    say: (progress: string) => void,
): Promise<Observation> {
    say("Asking the six machines");
    const answers = await Promise.all(
        machineNames.map((name) => machines.run(name, "true", { deadline: answerDeadline })),
    );
    const silent = answers.filter(({ exitCode }) => exitCode !== 0).map(({ machine }) => machine);
    if (silent.length > 0) {
        return { silent };
    }
    say("Asking the API server");
    const cluster = await clusterOf(stack).catch((error: Error) => error);
    if (cluster instanceof Error) {
        return { apiServerProblem: cluster.message };
    }
    say("Looking at lb and the site, and sending the self check's request from cert-manager's pod");
    const resolving = resolveInCluster(machines);
    const [lb, units, checks, resolved, selfCheck] = await Promise.all([
        machines.run("lb", "bash -s", { stdin: readFileSync(join(__dirname, "lb.sh"), "utf8") }),
        machines.run("acme-server", `systemctl is-active ${acmeUnits.join(" ")}; true`),
        runChecks(machines, stack),
        resolving,
        requestFromCertManager(machines, stack, resolving),
    ]);
    const states = printed(units).split("\n");
    const page = checks.find(({ name }) => name === pageOnHost.name);
    return {
        plan: addressPlan(stack.network),
        lb: parseLoadBalancer(printed(lb)),
        cluster,
        acmeUnitsDown: acmeUnits.filter((_, i) => states[i] !== "active"),
        brokenConstraint: checks.find(({ verdict }) => verdict === "constraint broken"),
        resolved,
        selfCheckAnswered: selfCheck.exitCode === 0,
        pageProblem: page?.verdict === "pass" ? undefined : page?.reason,
    };
}

async function clusterOf(stack: LabStack): Promise<ClusterFacts> {
    const cluster = new Cluster(stack.kubeconfig);
    try {
        return await readCluster(cluster);
    } finally {
        cluster.close();
    }
}

/** @throws UnreachableError when the command did not do its work */
function printed(result: CommandResult): string {
    if (result.exitCode !== 0) {
        throw new UnreachableError(`${result.machine} does not answer: ${failureReason(result)}`);
    }
    return result.stdout;
}
