import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Cluster } from "./cluster";
import { TestStack } from "./stack";
import { until } from "./until";

describe("kubernetes", () => {
    let cluster: Cluster;
    let stack: TestStack;
    beforeAll(async () => {
        cluster = await Cluster.start();
        stack = await TestStack.create("kubernetes");
    });
    afterAll(async () => {
        stack?.remove();
        await cluster?.stop();
    });

    /** A program's resources in the cluster, and its outputs. */
    const program =
        (
            resources: (options: { provider: k8s.Provider }) => unknown,
            settings: k8s.ProviderArgs = {},
        ): pulumi.automation.PulumiFn =>
        async () => {
            const kubeconfig = pulumi.secret(cluster.kubeconfig());
            const provider = new k8s.Provider("cluster", { kubeconfig, deleteUnreachable: true, ...settings });
            return { ...(resources({ provider }) as Record<string, unknown> | undefined) };
        };

    const labels = { app: "sleeper" };
    const deployment = (replicas: number, selector = labels): k8s.apps.v1.DeploymentArgs => ({
        metadata: { name: "sleeper" },
        spec: {
            replicas,
            selector: { matchLabels: selector },
            template: {
                metadata: { labels: selector },
                spec: { containers: [{ name: "sleeper", image: "nowhere.test/sleeper" }] },
            },
        },
    });
    const withAnnotations = (args: k8s.apps.v1.DeploymentArgs, annotations: Record<string, string>) => ({
        ...args,
        metadata: { name: "sleeper", annotations },
    });

    const things = (version: string) =>
        program((options) => {
            const service = new k8s.core.v1.Service(
                "service",
                { metadata: { name: "service", labels: { version } }, spec: { ports: [{ port: 80 }] } },
                options,
            );
            new k8s.core.v1.ConfigMap("settings", { metadata: { name: "settings" }, data: { version } }, options);
            new k8s.core.v1.ConfigMap("unnamed", { data: { version } }, options);
            new k8s.core.v1.Secret(
                "secret",
                { metadata: { name: "secret" }, stringData: { password: "hidden-password" } },
                options,
            );
            new k8s.apps.v1.Deployment("sleeper", deployment(0, { app: `sleeper-${version}` }), options);
            const file = new k8s.yaml.ConfigFile("widgets", { file: join(__dirname, "widgets.yaml") }, options);
            new k8s.apiextensions.CustomResource(
                "widget",
                {
                    apiVersion: "conformance.test/v1",
                    kind: "Widget",
                    metadata: { name: "widget", namespace: "widgets" },
                    spec: { size: Number(version) },
                },
                { ...options, dependsOn: file.ready },
            );
            return { address: service.spec.clusterIP, uid: service.metadata.uid };
        });

    it("creates typed and custom objects by server-side apply, and tells what the server has filled in", async () => {
        const { outputs } = await stack.up(things("1"));
        const service = await cluster.get("service", "service");
        expect(outputs.address?.value).toBe(service.spec.clusterIP);
        expect(outputs.uid?.value).toBe(service.metadata.uid);
        const managers = JSON.parse(
            await cluster.kubectl("get", "service", "service", "-o", "json", "--show-managed-fields"),
        ).metadata.managedFields;
        expect(managers).toContainEqual(
            expect.objectContaining({ operation: "Apply", manager: expect.stringContaining("pulumi") }),
        );
        expect((await cluster.get("widget", "from-file", "widgets")).spec.size).toBe(1);
        expect((await cluster.get("widget", "widget", "widgets")).spec.size).toBe(1);
        const { settings, unnamed, widget } = await stack.resources();
        expect(settings?.id).toBe("default/settings");
        expect(widget?.id).toBe("widgets/widget");
        expect(unnamed?.id).toMatch(/^default\/unnamed-[0-9a-f]+$/);
    });

    it("shows no change where there is none", async () => {
        expect(await stack.preview(things("1"))).toEqual({});
        expect((await stack.refresh()).steps).toEqual({});
        expect(await stack.preview(things("1"))).toEqual({});
    });

    it("keeps secrets out of the state", async () => {
        const state = stack.rawState();
        expect(state).not.toContain("hidden-password");
        expect(state).not.toContain(Buffer.from("hidden-password").toString("base64"));
        expect(state).not.toContain("current-context");
    });

    it("updates in place, replaces what can't be changed, and what it has named before the old one goes", async () => {
        const uid = async (kind: string, name: string) => (await cluster.get(kind, name)).metadata.uid;
        const before = [
            await uid("service", "service"),
            await uid("configmap", "settings"),
            await uid("deployment", "sleeper"),
        ];
        const { unnamed: old } = await stack.resources();
        expect(await stack.preview(things("2"))).toMatchObject({ service: "update", widget: "update" });
        expect((await cluster.get("service", "service")).metadata.labels.version).toBe("1");

        await stack.up(things("2"));
        const after = [
            await uid("service", "service"),
            await uid("configmap", "settings"),
            await uid("deployment", "sleeper"),
        ];
        expect(after[0]).toBe(before[0]);
        expect((await cluster.get("service", "service")).metadata.labels.version).toBe("2");
        expect((await cluster.get("widget", "widget", "widgets")).spec.size).toBe(2);
        // Who mounts a ConfigMap sees another one, unless the provider's enableConfigMapMutable is set.
        expect(after[1]).not.toBe(before[1]);
        expect(after[2]).not.toBe(before[2]);
        const { unnamed: current } = await stack.resources();
        expect(current?.id).not.toBe(old?.id);
        expect(await cluster.get("configmap", String(old?.id).replace("default/", ""))).toBeUndefined();
    });

    it("shows drift at refresh, and takes fields back only by patchForce", async () => {
        await cluster.kubectl("label", "service", "service", "--overwrite", "version=changed");
        await cluster.kubectl("label", "service", "service", "foreign=kept");
        expect((await stack.refresh()).steps).toEqual({ service: "update" });
        expect(await stack.preview(things("2"))).toEqual({ service: "update" });
        expect(await stack.failingUp(things("2"))).toMatch(/conflict/i);

        const forced = program((options) => {
            new k8s.core.v1.Service(
                "service",
                {
                    metadata: {
                        name: "service",
                        labels: { version: "2" },
                        annotations: { "pulumi.com/patchForce": "true" },
                    },
                    spec: { ports: [{ port: 80 }] },
                },
                options,
            );
        });
        await stack.up(forced);
        expect((await cluster.get("service", "service")).metadata.labels).toEqual({ version: "2", foreign: "kept" });
    });

    it("deletes what the program no longer has", async () => {
        expect(Object.keys(await stack.resources())).toEqual(["service"]);
        expect(await cluster.kubectl("get", "namespace,crd", "-o", "name")).not.toContain("widgets");
        await stack.destroy();
        expect(await cluster.get("service", "service")).toBeUndefined();
        expect(await stack.resources()).toEqual({});
    });

    it("does not take over an object that is there, unless upsertExistingObjects says so", async () => {
        await cluster.kubectl("create", "configmap", "existing", "--from-literal=key=old");
        const existing = (settings: k8s.ProviderArgs) =>
            program((options) => {
                new k8s.core.v1.ConfigMap(
                    "existing",
                    {
                        metadata: { name: "existing", annotations: { "pulumi.com/patchForce": "true" } },
                        data: { key: "new" },
                    },
                    options,
                );
            }, settings);
        expect(await stack.failingUp(existing({}))).toMatch(/already exists/);
        expect((await cluster.get("configmap", "existing")).data.key).toBe("old");
        await stack.up(existing({ upsertExistingObjects: true }));
        expect((await cluster.get("configmap", "existing")).data.key).toBe("new");
    });

    it("gives up a Deployment that doesn't become ready, says what it waits for, and keeps it", async () => {
        const waiting = program((options) => {
            new k8s.apps.v1.Deployment("sleeper", deployment(1), {
                ...options,
                customTimeouts: { create: "10s", update: "10s" },
            });
        });
        const output = await stack.failingUp(waiting);
        expect(output).toContain("sleeper");
        expect(output).toMatch(/replica|pod/i);
        const { sleeper } = await stack.resources();
        expect(sleeper?.id).toBe("default/sleeper");
        expect(sleeper?.initErrors).toHaveLength(1);

        // The same program tries again.
        expect(await stack.failingUp(waiting)).toContain("sleeper");
        const { stdout } = await stack.refresh();
        expect(stdout).toMatch(/unhealthy/);
    });

    it("does not wait where skipAwait says so", async () => {
        await stack.up(
            program((options) => {
                new k8s.apps.v1.Deployment(
                    "sleeper",
                    withAnnotations(deployment(1), { "pulumi.com/skipAwait": "true" }),
                    options,
                );
            }),
        );
        const { sleeper } = await stack.resources();
        expect(sleeper?.initErrors).toBeUndefined();
        await stack.destroy();
        expect(await cluster.get("deployment", "sleeper")).toBeUndefined();
    });

    it("waits until a deleted object is gone", async () => {
        await stack.up(
            program((options) => {
                new k8s.core.v1.ConfigMap(
                    "held",
                    { metadata: { name: "held", finalizers: ["conformance.test/hold"] } },
                    { ...options, customTimeouts: { delete: "5s" } },
                );
            }),
        );
        expect(await stack.failingDestroy()).toContain("held");
        expect(Object.keys(await stack.resources())).toEqual(["held"]);

        await stack.up(
            program((options) => {
                new k8s.core.v1.ConfigMap(
                    "held",
                    { metadata: { name: "held", finalizers: ["conformance.test/hold"] } },
                    options,
                );
            }),
        );
        const release = async () => {
            await until(
                "the deletion",
                async () => (await cluster.get("configmap", "held")).metadata.deletionTimestamp,
            );
            await cluster.kubectl(
                "patch",
                "configmap",
                "held",
                "--type=json",
                "-p",
                '[{"op":"remove","path":"/metadata/finalizers"}]',
            );
        };
        await Promise.all([stack.destroy(), release()]);
        expect(await stack.resources()).toEqual({});
    });

    it("forgets objects of a cluster that is gone", async () => {
        await stack.up(
            program((options) => {
                new k8s.core.v1.ConfigMap("lost", { metadata: { name: "lost" } }, options);
            }),
        );
        await cluster.stop();
        await stack.destroy();
        expect(await stack.resources()).toEqual({});
    });
});
