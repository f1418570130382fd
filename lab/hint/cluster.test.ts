import { describe, expect, it } from "vitest";
import { clusterFacts } from "./cluster";

interface Status {
    state?: string;
    reason?: string;
    [key: string]: unknown;
}

const object = (kind: string, name: string, status: Status = {}, namespace = "default") => ({
    kind,
    metadata: { name, namespace },
    status,
});
const ready = (status: string, message = "") => ({ conditions: [{ type: "Ready", status, message }] });
const certificate = object("Certificate", "www-ictsc-test-tls", ready("False", "Issuing certificate"));
const issuer = object("ClusterIssuer", "ictsc-acme", ready("True"));
const read = (...objects: ReturnType<typeof object>[]) => clusterFacts(objects);

it("reads an untouched cluster", () => {
    const reason = "Waiting for HTTP-01 challenge propagation: failed to perform self check GET request";
    expect(
        read(
            object("Node", "k8s-master", ready("True")),
            object("Deployment", "cert-manager", { replicas: 1, readyReplicas: 1 }, "cert-manager"),
            object(
                "DaemonSet",
                "ingress-controller",
                { desiredNumberScheduled: 2, numberReady: 2 },
                "ingress-controller",
            ),
            issuer,
            object("Certificate", "another", ready("True"), "somewhere-else"),
            certificate,
            object("Order", "www-1", { state: "pending" }),
            object("Challenge", "www-1-1", { state: "pending", reason }),
        ),
    ).toEqual({
        nodesNotReady: [],
        workloadsNotReady: [],
        issuerFailure: undefined,
        certificate: { ready: false, message: "Issuing certificate" },
        failedOrder: undefined,
        challengeReason: reason,
    });
});

it("names what is not ready, without web's pods", () => {
    expect(
        read(
            object("Node", "k8s-worker1", ready("Unknown")),
            object("Node", "k8s-worker2"),
            object("Deployment", "cert-manager", { replicas: 0 }, "cert-manager"),
            object(
                "DaemonSet",
                "ingress-controller",
                { desiredNumberScheduled: 2, numberReady: 1 },
                "ingress-controller",
            ),
            object("Deployment", "web", { replicas: 1 }),
            // A contestant's.
            object("Deployment", "test", { replicas: 1 }, "notes"),
            object("ClusterIssuer", "ictsc-acme", ready("False", "Failed to register ACME account")),
        ),
    ).toMatchObject({
        nodesNotReady: ["k8s-worker1", "k8s-worker2"],
        workloadsNotReady: ["cert-manager/cert-manager", "ingress-controller/ingress-controller"],
        issuerFailure: "Failed to register ACME account",
        certificate: undefined,
    });
    expect(read().issuerFailure).toBe("it does not exist");
});

describe("failedOrder", () => {
    const failed = object("Order", "www-1", { state: "invalid", reason: "Failed to finalize" });
    const challenge = object("Challenge", "www-1-1", { state: "invalid", reason: "connection refused" });

    it("returns the challenge's reason, or the order's", () => {
        expect(read(certificate, failed, challenge).failedOrder).toBe(
            "Challenge www-1-1 is invalid: connection refused",
        );
        expect(read(certificate, failed).failedOrder).toBe("Order www-1 is invalid: Failed to finalize");
        expect(read(certificate, failed, challenge).challengeReason).toBeUndefined();
    });

    it("ignores failures while a newer order is pending", () => {
        expect(read(certificate, failed, challenge, object("Order", "www-2")).failedOrder).toBeUndefined();
    });

    it("detects a certificate that waits after a failed order that was deleted", () => {
        const issuing = { type: "Issuing", status: "False", reason: "Failed", message: "The request has failed" };
        const waiting = object("Certificate", "www-ictsc-test-tls", { conditions: [issuing] });
        expect(read(waiting).failedOrder).toBe("The request has failed");
    });
});
