import { type AddressPlan, addressPlan, type MachineName, machineNames } from "../../infra/config/address-plan";
import { evaluate } from "../check/evaluate";
import { acmeUnits } from "../check/evidence/acme-server";
import { type Evidence, noMarkerFailure, sectionOf } from "../check/evidence/evidence";
import { type SelfCheckRequest, selfCheckRequests } from "../check/self-check";
import { type LoadBalancerState, parseLoadBalancer } from "../lib/load-balancer/state";
import { type ClusterFacts, clusterFacts } from "./cluster";

/** A lab whose machines and API server respond. */
export interface LabFacts {
    plan: AddressPlan;
    lb: LoadBalancerState;
    cluster: ClusterFacts;
    /** Units of acme-server that are not active. */
    acmeUnitsDown: string[];
    /** The first constraint that `lab check` finds broken; undefined when all are kept. */
    brokenConstraint: { name: string; reason: string } | undefined;
    /** A machine that responds, but did not return all of its evidence; undefined when there is none. */
    examinationFailure: { name: MachineName; reason: string } | undefined;
    selfCheck: {
        /** The site's addresses, from cert-manager's pod. */
        addresses: string[];
        requests: SelfCheckRequest[];
    };
    /** The reason why host does not receive nginx's page; undefined when it does. */
    pageFailure: string | undefined;
    /** The first check that lacks evidence; undefined when there is none. */
    notEvaluated: { name: string; reason: string } | undefined;
    /** The first part of the end state that `lab check` does not find; undefined when it finds all. */
    unsolved: { name: string; reason: string } | undefined;
}

/** All that a hint depends on: the lab, or the machines or the API server that do not respond. */
export type Facts = { silent: MachineName[] } | { apiServerFailure: string } | LabFacts;

/** The facts in the evidence of `lab check`. */
export function factsOf(evidence: Evidence): Facts {
    const { machines, cluster } = evidence;
    const failures = machineNames.flatMap((name) => {
        const reason = machines[name]?.failure;
        return reason === undefined ? [] : [{ name, reason }];
    });
    const silent = failures
        .filter(({ reason }) => reason !== noMarkerFailure)
        .map(({ name }) => name)
        .filter((name) => Object.keys(machines[name]?.sections ?? {}).length === 0);
    if (silent.length > 0) {
        return { silent };
    }
    if (cluster.failure?.kind === "unreachable") {
        return { apiServerFailure: cluster.failure.message };
    }
    const outcomes = evaluate(evidence);
    const find = (wanted: string) => {
        const outcome = outcomes.find(({ verdict }) => verdict === wanted);
        return outcome && { name: outcome.check, reason: outcome.reason };
    };
    const page = outcomes.find(({ check }) => check === "page on host");
    const states = (sectionOf(evidence, "acme-server", "units")?.text ?? "").split("\n");
    return {
        plan: addressPlan(evidence.network),
        lb: parseLoadBalancer(machines.lb?.sections ?? {}),
        cluster: clusterFacts(cluster.objects),
        acmeUnitsDown: acmeUnits.filter((_, i) => states[i] !== "active"),
        brokenConstraint: find("constraint broken"),
        examinationFailure: failures[0],
        selfCheck: {
            addresses: [
                ...new Set(
                    evidence.selfCheck.probes
                        .filter(({ selfCheck }) => selfCheck)
                        .flatMap(({ addresses }) => addresses),
                ),
            ],
            requests: selfCheckRequests(evidence),
        },
        pageFailure: page?.verdict === "pass" ? undefined : page?.reason,
        notEvaluated: find("not evaluated"),
        unsolved: find("unsolved"),
    };
}
