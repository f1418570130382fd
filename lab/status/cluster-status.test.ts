import { expect, it } from "vitest";
import { certificateName, labIssuer } from "../lib/certificate";
import { type KubernetesObject, UnservedKindError } from "../lib/kubernetes-api";
import { clusterStatus } from "./cluster-status";

/** A cluster with these objects, without the kinds in `unserved`. */
function cluster(objects: object[], unserved: string[] = []) {
    const ofKind = (kind: string) => {
        if (unserved.includes(kind)) {
            throw new UnservedKindError(`The API server has no ${kind}`);
        }
        return (objects as KubernetesObject[]).filter((object) => object.kind === kind);
    };
    return {
        list: async ({ kind }: { kind: string }) => ofKind(kind),
        read: async ({ kind, metadata }: KubernetesObject) =>
            ofKind(kind).find((object) => object.metadata.name === metadata.name),
    };
}

const object = (kind: string, name: string, conditions: object[] = []) => ({
    kind,
    metadata: { name },
    status: { conditions },
});

it("reads nodes; one without the condition Ready is not Ready", async () => {
    const { nodes } = await clusterStatus(
        cluster([object("Node", "k8s-master", [{ type: "Ready", status: "True" }]), object("Node", "k8s-worker1")]),
    );
    expect(nodes).toEqual({
        value: [
            { name: "k8s-master", ready: true },
            { name: "k8s-worker1", ready: false },
        ],
    });
});

it("reads the certificate, and undefined when it does not exist", async () => {
    const certificate = { ...object("Certificate", certificateName), spec: { issuerRef: labIssuer } };
    expect((await clusterStatus(cluster([certificate]))).certificate).toMatchObject({ value: { ready: "Unknown" } });
    expect((await clusterStatus(cluster([]))).certificate).toEqual({ value: undefined });
});

it("reads challenges, also new ones without a status", async () => {
    const status = { state: "pending", reason: "Waiting for HTTP-01 challenge propagation" };
    const { challenges } = await clusterStatus(
        cluster([
            { ...object("Challenge", "a"), status },
            { kind: "Challenge", metadata: { name: "b" } },
        ]),
    );
    expect(challenges).toEqual({ value: [status, { state: "new", reason: "no reason yet" }] });
});

it("reads the nodes of a cluster without cert-manager", async () => {
    const status = await clusterStatus(cluster([object("Node", "k8s-master")], ["Certificate", "Challenge"]));
    expect(status.nodes).toEqual({ value: [{ name: "k8s-master", ready: false }] });
    expect(status.certificate).toEqual({ failure: "The API server has no Certificate" });
    expect(status.challenges).toEqual({ failure: "The API server has no Challenge" });
});
