import { type MachineName, nodeNames } from "../../infra/config/address-plan";
import type { LabFacts } from "./facts";
import { type Hint, hint } from "./hint";

/** Machines that do not respond. The route to the nodes uses lb, so lb is named alone when it is among them. */
export function silentMachines(silent: MachineName[]): Hint {
    if (silent.includes("lb")) {
        return hint("machines-silent", { machines: "lb" });
    }
    return nodeNames.every((name) => silent.includes(name))
        ? hint("nodes-unreachable")
        : hint("machines-silent", { machines: silent.join(", ") });
}

/** A fault of the lab that is not the fault of the problem; undefined when there is none. */
export function labFault(facts: LabFacts): Hint | undefined {
    const { lb, cluster, acmeUnitsDown, brokenConstraint, examinationFailure } = facts;
    if (!lb.keepalivedRuns && examinationFailure === undefined) {
        return hint("keepalived-down");
    }
    if (brokenConstraint !== undefined) {
        return hint("constraint-broken", { constraint: brokenConstraint.name, reason: brokenConstraint.reason });
    }
    if (cluster.nodesNotReady.length > 0) {
        return hint("nodes-not-ready", { nodes: cluster.nodesNotReady.join(", ") });
    }
    if (cluster.workloadsNotReady.length > 0) {
        return hint("workloads-not-ready", { workloads: cluster.workloadsNotReady.join(", ") });
    }
    const alone = lb.virtualServers.filter(({ realServers }) => realServers.length === 0);
    if (alone.length > 0 || lb.virtualServers.length === 0) {
        return hint("real-servers-missing", { services: alone.map(({ address }) => address).join(", ") || "none" });
    }
    if (acmeUnitsDown.length > 0) {
        return hint("acme-server-down", { units: acmeUnitsDown.join(", ") });
    }
    return cluster.issuerFailure === undefined
        ? undefined
        : hint("issuer-not-ready", { reason: cluster.issuerFailure });
}
