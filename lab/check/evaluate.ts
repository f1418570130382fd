import { z } from "zod";
import { printableLine } from "../lib/printable";
import { evaluateCertificate } from "./certificate";
import type { Evidence } from "./evidence/evidence";
import { evaluateHost } from "./host";
import { evaluateIssuance } from "./issuance";
import { evaluateKeepalived } from "./keepalived";
import { evaluateManifests } from "./manifests";
import { evaluateObjects } from "./objects";
import { type CheckOutcome, type Finding, notEvaluated } from "./outcome";
import { evaluatePageOnHost, evaluatePageThroughVip } from "./page";
import { evaluateSelfCheck } from "./self-check";
import { evaluateAdmission, evaluateWorkloads } from "./workloads";

/** A condition of the problem's end state, or one of its constraints. */
interface Check {
    name: string;
    evaluate(evidence: Evidence): Finding;
    /** The parts of the evidence that it depends on, as `machine/section`. */
    evidence: string[];
}

/** Every check, in the order in which they are shown: first the end state, then the constraints. */
const checks: Check[] = [
    { name: "page on host", evaluate: evaluatePageOnHost, evidence: ["host/page"] },
    { name: "page through the VIP", evaluate: evaluatePageThroughVip, evidence: ["acme-server/page"] },
    { name: "certificate is Ready", evaluate: evaluateCertificate, evidence: ["cluster/Certificate"] },
    {
        name: "issued by the lab's authority",
        evaluate: evaluateIssuance,
        evidence: ["cluster/Secret", "cluster/ClusterIssuer", "cluster/Issuer", "authority"],
    },
    {
        name: "self check",
        evaluate: evaluateSelfCheck,
        evidence: ["self-check", "lb/ip_vs", "lb/ip_vs_conn", "lb/connections", "k8s-worker1/boot", "k8s-worker2/boot"],
    },
    {
        name: "host environment",
        evaluate: evaluateHost,
        evidence: [
            "host/hosts",
            "host/curl-configuration",
            "host/environment",
            "host/contestant-shell",
            "host/preload",
        ],
    },
    {
        name: "keepalived",
        evaluate: evaluateKeepalived,
        evidence: [
            ...["keepalived.conf", "keepalived-unit", "keepalived-overrides", "keepalived-processes"],
            ...["ip_vs", "mounts", "preload"],
        ].map((section) => `lb/${section}`),
    },
    { name: "manifests on host", evaluate: evaluateManifests, evidence: ["host/manifests"] },
    { name: "deployed objects", evaluate: evaluateObjects, evidence: ["cluster/protected"] },
    {
        name: "workloads",
        evaluate: evaluateWorkloads,
        evidence: ["cluster/ReplicaSet", "cluster/ControllerRevision", "cluster/Pod", "acme-server/images"],
    },
    {
        name: "admission",
        evaluate: evaluateAdmission,
        evidence: [
            "MutatingWebhookConfiguration",
            "ValidatingWebhookConfiguration",
            "MutatingAdmissionPolicy",
            "ValidatingAdmissionPolicy",
        ].map((kind) => `cluster/${kind}`),
    },
];

/** Evaluates every check. The same evidence has the same outcomes. */
export function evaluate(evidence: Evidence): CheckOutcome[] {
    return checks.map(({ name, evaluate, evidence: parts }) => ({
        check: name,
        ...findingOf(evaluate, evidence),
        evidence: parts,
    }));
}

/** Evidence of an unknown form prevents this check only: another check may find a broken constraint. */
function findingOf(evaluate: Check["evaluate"], evidence: Evidence): Finding {
    try {
        return evaluate(evidence);
    } catch (error) {
        if (error instanceof z.ZodError) {
            return notEvaluated(`the evidence has an unknown form: ${printableLine(z.prettifyError(error))}`);
        }
        throw error;
    }
}
