import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { addressPlan } from "../../infra/config/address-plan";
import { repositoryRoot } from "../../infra/config/config-files";
import type { KubernetesObject } from "../lib/kubernetes-api";
import { deployedObjects } from "./objects";

const certManager = parseAllDocuments(readFileSync(join(repositoryRoot, "manifests", "cert-manager.yaml"), "utf8"))
    .map((document) => document.toJS() as KubernetesObject | null)
    .find((object) => object?.kind === "Deployment" && object.metadata.name === "cert-manager");

/** Judges a cluster that has every object as the manifests say, but for one: by default cert-manager's Deployment. */
function judge(
    change: (object: KubernetesObject) => KubernetesObject | undefined,
    { accepted = true, kind = "Deployment", name = "cert-manager" } = {},
) {
    const isChanged = (object: KubernetesObject) => object.kind === kind && object.metadata.name === name;
    // What the API server adds by itself.
    const withDefaults = (object: KubernetesObject) => ({ ...object, spec: { ...object.spec, paused: false } });
    return deployedObjects.judge({
        plan: addressPlan(),
        rootCertificate: "",
        run: () => Promise.reject(new Error("not asked for")),
        list: () => Promise.reject(new Error("not asked for")),
        read: async (object) => (isChanged(object) ? change(structuredClone(withDefaults(object))) : object),
        replacement: async (wanted) => (accepted ? withDefaults(wanted) : undefined),
    });
}

it("passes untouched objects, whatever the cluster wrote into them", async () => {
    expect(certManager).toBeDefined();
    const seen = judge((object) => ({
        ...object,
        metadata: { ...object.metadata, generation: 9 },
        status: { replicas: 1 },
    }));
    expect(await seen).toEqual({ verdict: "pass", reason: "as they were deployed" });
});

it("lets a restart pass", async () => {
    const seen = judge((object) => {
        const { metadata } = object.spec.template;
        metadata.annotations = { "kubectl.kubernetes.io/restartedAt": "2020-11-28T00:00:00Z", ...metadata.annotations };
        return object;
    });
    expect((await seen).verdict).toBe("pass");
});

it("finds what was added beside the manifest's fields", async () => {
    const seen = judge((object) => {
        object.spec.template.spec.hostAliases = [{ ip: "192.168.20.130" }];
        return object;
    });
    expect(await seen).toEqual({
        verdict: "constraint broken",
        reason: "changed: Deployment cert-manager cert-manager (spec.template.spec.hostAliases)",
    });
});

it("finds a deleted object, and one that was made anew", async () => {
    expect((await judge(() => undefined)).reason).toBe("changed: Deployment cert-manager cert-manager was deleted");
    const other = judge((object) => ({ ...object, spec: { ...object.spec, selector: {} } }), { accepted: false });
    expect((await other).reason).toContain("was made anew");
});

it("knows a definition's default conversion, and finds another one", async () => {
    const convertedBy = (strategy: string) =>
        judge(
            (object) => {
                const { paused: _, ...spec } = object.spec;
                return { ...object, spec: { ...spec, conversion: { strategy } } };
            },
            { kind: "CustomResourceDefinition", name: "challenges.acme.cert-manager.io" },
        );
    expect((await convertedBy("None")).verdict).toBe("pass");
    expect((await convertedBy("Webhook")).verdict).toBe("constraint broken");
});
