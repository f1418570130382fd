import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { addressPlan, machineNames, nodeNames, serviceNetwork } from "./address-plan";
import { repositoryRoot } from "./config-files";
import { machineFiles } from "./machine-files";

const plan = addressPlan();

/** A file of a machine, as YAML documents by kind. */
function documents(machine: "k8s-master" | "k8s-worker1", path: string, accelerator: "kvm" | "tcg") {
    const file = machineFiles(machine, plan, accelerator).find((one) => one.path === path);
    const parsed = parseAllDocuments(file?.content ?? "").map((document) => document.toJS());
    return Object.fromEntries(parsed.map((document) => [document.kind, document]));
}

/** Removes list elements that the other list does not have, and keys that the other object does not have. */
function commonPart(value: unknown, other: unknown): unknown {
    if (Array.isArray(value) && Array.isArray(other)) {
        return value.filter((element) => other.some((one) => JSON.stringify(one) === JSON.stringify(element)));
    }
    if (value !== null && typeof value === "object" && other !== null && typeof other === "object") {
        const entries = Object.entries(value).filter(([key]) => key in other);
        return Object.fromEntries(
            entries.map(([key, child]) => [key, commonPart(child, other[key as keyof typeof other])]),
        );
    }
    return value;
}

describe("machines/emulation", () => {
    it.each([
        ["k8s-master", "/etc/kubernetes/kubeadm-init.yaml"],
        ["k8s-worker1", "/etc/kubernetes/kubeadm-join.yaml"],
    ] as const)("adds settings to the file of %s, and changes none", (machine, path) => {
        const [stock, emulated] = [documents(machine, path, "kvm"), documents(machine, path, "tcg")];
        expect(commonPart(emulated, stock)).toEqual(stock);
        expect(emulated).not.toEqual(stock);
    });

    it("applies under emulation only", () => {
        const tuned = (accelerator: "kvm" | "tcg") =>
            machineNames.flatMap((machine) =>
                machineFiles(machine, plan, accelerator)
                    .filter(({ content }) => /GOMAXPROCS|asyncpreemptoff|leader-elect|livenessProbe/.test(content))
                    .map(() => machine),
            );
        expect(tuned("kvm")).toEqual([]);
        expect(new Set(tuned("tcg"))).toEqual(new Set(nodeNames));
    });

    it("has no folder that no machine uses", () => {
        const used = machineNames.flatMap((machine) => machineFiles(machine, plan, "tcg").map(({ path }) => path));
        const root = join(repositoryRoot, "machines", "emulation");
        const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
        for (const { parentPath, name } of files) {
            expect(used).toContain(
                join(parentPath, name)
                    .slice(root.length)
                    .replace(/^\/[^/]+/, ""),
            );
        }
    });
});

describe("kubeadm-init.yaml", () => {
    const { ClusterConfiguration: cluster, InitConfiguration: init } = documents(
        "k8s-master",
        "/etc/kubernetes/kubeadm-init.yaml",
        "kvm",
    );

    it("has the networks of the address plan", () => {
        expect(cluster.networking).toEqual({ podSubnet: plan.podCidr, serviceSubnet: serviceNetwork });
        expect(init.localAPIEndpoint.advertiseAddress).toBe(plan.machines["k8s-master"]);
    });

    it("has the Kubernetes version of the machine image", () => {
        const versions = readFileSync(join(repositoryRoot, "image", "versions.env"), "utf8");
        expect(versions).toContain(`KUBERNETES_VERSION=${cluster.kubernetesVersion}\n`);
        const modules = readFileSync(join(repositoryRoot, "image/software/kubernetes/go.mod"), "utf8");
        expect(modules).toContain(`k8s.io/kubernetes ${cluster.kubernetesVersion}\n`);
    });
});
