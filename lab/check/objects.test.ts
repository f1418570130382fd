import { expect, it } from "vitest";
import { judgeObjects } from "./objects";

const deployment = (template: object, more: object = {}) => ({
    kind: "Deployment",
    metadata: { name: "cert-manager", generation: 7 },
    spec: { replicas: 1, template },
    ...more,
});
const deployed = deployment({ metadata: { labels: { app: "cert-manager" } }, spec: { containers: [{ name: "a" }] } });
const objects = (object?: object) => new Map(object ? [["Deployment cert-manager", object]] : []);
const judge = (live?: object) => judgeObjects(objects(deployed), objects(live), objects(deployed));

it("passes an untouched object, whatever the cluster wrote into it", () => {
    expect(judge({ ...deployed, metadata: { name: "cert-manager", generation: 9 }, status: { replicas: 1 } })).toEqual({
        verdict: "pass",
        reason: "as they were deployed",
    });
});

it("lets a restart pass", () => {
    const restarted = deployment({
        metadata: {
            labels: { app: "cert-manager" },
            annotations: { "kubectl.kubernetes.io/restartedAt": "2020-11-28T00:00:00Z" },
        },
        spec: { containers: [{ name: "a" }] },
    });
    expect(judge(restarted).verdict).toBe("pass");
});

it("finds what was added beside the manifest's fields", () => {
    const added = deployment({
        metadata: { labels: { app: "cert-manager" } },
        spec: { containers: [{ name: "a" }], hostAliases: [{ ip: "192.168.20.130" }] },
    });
    expect(judge(added)).toEqual({
        verdict: "constraint broken",
        reason: "changed: Deployment cert-manager (spec.template.spec.hostAliases)",
    });
});

it("finds a deleted object, and does not pass what it couldn't compare", () => {
    expect(judge(undefined).reason).toBe("changed: Deployment cert-manager was deleted");
    expect(judgeObjects(objects(deployed), objects(deployed), objects()).verdict).toBe("unsolved");
});
