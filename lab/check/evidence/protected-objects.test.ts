import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../lib/kubernetes-api";
import { withDefaults } from "./defaults";
import {
    compare,
    identitiesAsBuilt,
    type ManifestObject,
    nameOf,
    readProtectedObjects,
    withRootCertificate,
} from "./protected-objects";

const objects = readProtectedObjects();
const wanted = (kind: string, name: string) =>
    objects.find(({ object }) => object.kind === kind && object.metadata.name === name) as ManifestObject;

/** The object as an API server has it, changed. */
const live = (one: ManifestObject, change: (object: KubernetesObject) => void = () => {}) => {
    const object = withDefaults(one.object);
    object.metadata = { ...object.metadata, ...{ uid: "u", generation: 1 } };
    change(object);
    return object;
};
const differencesOf = (one: ManifestObject, change?: (object: KubernetesObject) => void) =>
    compare(one, live(one, change), new Map()).differences.map(({ path }) => path);

const controller = wanted("Deployment", "cert-manager");
const webhook = wanted("ValidatingWebhookConfiguration", "cert-manager-webhook");

it("reads all objects of the protected manifests, and none of web.yaml", () => {
    expect(new Set(objects.map(({ manifest }) => manifest))).toEqual(
        new Set(["cert-manager.yaml", "ingress-controller.yaml", "root-ca.yaml"]),
    );
    const [issuer] = withRootCertificate([wanted("ClusterIssuer", "ictsc-acme")], "ROOT");
    expect(issuer?.object.spec.acme.caBundle).toBe(Buffer.from("ROOT").toString("base64"));
});

it("finds no difference to an object with the API server's defaults and status", () => {
    for (const one of objects) {
        expect([nameOf(one.object), ...differencesOf(one, (object) => Object.assign(object, { status: {} }))]).toEqual([
            nameOf(one.object),
        ]);
    }
});

describe("compare", () => {
    it("ignores what controllers write and the mark of a restart", () => {
        expect(
            differencesOf(controller, ({ spec }) => {
                spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"] = "2026-11-26T12:00:00Z";
                spec.template.metadata.creationTimestamp = null;
            }),
        ).toEqual([]);
        expect(
            differencesOf(webhook, ({ webhooks }) => {
                webhooks[0].clientConfig.caBundle = "QQ==";
            }),
        ).toEqual([]);
        expect(
            differencesOf(wanted("Service", "cert-manager-webhook"), ({ spec }) => {
                Object.assign(spec, { clusterIP: "10.96.0.9", clusterIPs: ["10.96.0.9"] });
            }),
        ).toEqual([]);
    });

    it("finds added, changed and removed fields", () => {
        expect(
            differencesOf(controller, ({ spec }) => {
                spec.template.spec.hostAliases = [{ ip: "192.168.20.130" }];
                spec.template.spec.containers[0].args.push("--acme-http01-solver-nameservers=1.2.3.4:53");
                delete spec.template.spec.nodeSelector;
            }).sort(),
        ).toEqual([
            "spec.template.spec.containers.0.args.5",
            "spec.template.spec.hostAliases",
            "spec.template.spec.nodeSelector",
        ]);
        expect(
            differencesOf(wanted("ConfigMap", "ingress-controller"), ({ data }) => {
                data["ssl-redirect"] = "false";
            }),
        ).toEqual(["data.ssl-redirect"]);
        expect(
            differencesOf(wanted("CustomResourceDefinition", "challenges.acme.cert-manager.io"), ({ spec }) => {
                spec.conversion = { strategy: "Webhook" };
            }),
        ).toEqual(["spec.conversion.strategy"]);
    });

    it("has no live identity of a deleted object", () => {
        expect(compare(controller, undefined, new Map())).toMatchObject({ live: undefined, differences: [] });
    });

    it("has the identity that the stack's state recorded", () => {
        const metadata = { name: "cert-manager", namespace: "cert-manager", uid: "built", generation: 1 };
        const built = identitiesAsBuilt({
            deployment: {
                version: 3,
                deployment: {
                    resources: [
                        { type: "kubernetes:apps/v1:Deployment", outputs: { kind: "Deployment", metadata } },
                        { type: "command:remote:Command", outputs: {} },
                        { type: "kubernetes:core/v1:Service", outputs: {} },
                    ],
                },
            },
        });
        expect(compare(controller, live(controller), built)).toMatchObject({
            built: { uid: "built", generation: 1 },
            live: { uid: "u", generation: 1 },
        });
    });
});
