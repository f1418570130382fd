import { describe, expect, it } from "vitest";
import { ApiError, type KubernetesObject, UnservedKindError } from "../../lib/kubernetes-api";
import { gatherCluster, unreadCluster } from "./cluster";
import { readProtectedObjects } from "./protected-objects";

const client = (objects: KubernetesObject[], unserved: string[] = []) => ({
    list: async ({ kind }: { kind: string }) => {
        if (unserved.includes(kind)) {
            throw new UnservedKindError(`no ${kind}`);
        }
        return objects.filter((object) => object.kind === kind);
    },
    read: async ({ kind, metadata }: KubernetesObject) =>
        objects.find((object) => object.kind === kind && object.metadata.name === metadata.name),
    close: () => {},
});
const object = (kind: string, name: string, fields: object = {}, metadata: object = {}): KubernetesObject => ({
    apiVersion: "v1",
    kind,
    metadata: { name, namespace: "cert-manager", ...metadata },
    ...fields,
});

describe("gatherCluster", () => {
    it("keeps no private key and nothing large", async () => {
        const annotations = { "kubectl.kubernetes.io/last-applied-configuration": "x", kept: "y" };
        const secret = object(
            "Secret",
            "www-ictsc-test-tls",
            { data: { "tls.crt": "QQ==", "tls.key": "Qg==" } },
            { namespace: "default", annotations, managedFields: [{}] },
        );
        const { objects } = await gatherCluster(client([secret]), [], new Map());
        expect(objects).toEqual([
            expect.objectContaining({
                kind: "Secret",
                data: { "tls.crt": "QQ==" },
                metadata: expect.objectContaining({ annotations: { kept: "y" } }),
            }),
        ]);
        expect(JSON.stringify(objects)).not.toMatch(/Qg==|managedFields/);
    });

    it("reports the objects that requests from pods depend on before it reads the others", async () => {
        const reported: string[][] = [];
        const read: string[] = [];
        const objects = [object("Pod", "a"), object("Deployment", "b"), object("Node", "c")];
        const { list, ...others } = client(objects, ["Challenge"]);
        const recording = {
            ...others,
            list: async (kind: { kind: string }) => {
                read.push(kind.kind);
                return list(kind);
            },
        };
        await gatherCluster(recording, readProtectedObjects(), new Map(), (found) =>
            reported.push(found.map(({ metadata }) => metadata.name)),
        );
        expect(reported).toEqual([["a", "b"]]);
        expect(read.slice(0, 5).sort()).toEqual(["Challenge", "DaemonSet", "Deployment", "Pod", "ReplicaSet"]);
    });

    it("keeps pods of the lab only, and all issuers", async () => {
        const objects = [
            object("Pod", "a"),
            object("Pod", "b", {}, { namespace: "other" }),
            object("Issuer", "c", {}, { namespace: "other" }),
            object("ConfigMap", "d"),
            object("ConfigMap", "coredns", {}, { namespace: "kube-system" }),
        ];
        const { objects: kept } = await gatherCluster(client(objects), [], new Map());
        expect(kept.map(({ metadata }) => metadata.name)).toEqual(["a", "coredns", "c"]);
    });

    it("names kinds that are not served, and finds their objects deleted", async () => {
        const wanted = readProtectedObjects();
        const { unservedKinds, protectedObjects } = await gatherCluster(
            client([], ["ClusterIssuer", "Certificate", "MutatingAdmissionPolicy"]),
            wanted,
            new Map(),
        );
        expect(unservedKinds).toEqual(["Certificate", "ClusterIssuer", "MutatingAdmissionPolicy"]);
        expect(protectedObjects).toHaveLength(wanted.length);
        expect(protectedObjects.every(({ live }) => live === undefined)).toBe(true);
    });

    it("does not examine a cluster in which an object could be hidden among others", async () => {
        const many = Array.from({ length: 501 }, (_, i) => object("Issuer", `i${i}`));
        await expect(gatherCluster(client(many), [], new Map())).rejects.toThrow("501 objects Issuer");
    });
});

it.each([
    ["refused", new ApiError(403, "forbidden")],
    ["refused", new ApiError(401, "unauthorized")],
    ["unreachable", new ApiError(500, "failed")],
    ["unreachable", new Error("connect ECONNREFUSED")],
])("is %s after %s", (kind, error) => {
    expect(unreadCluster(error).failure?.kind).toBe(kind);
});
