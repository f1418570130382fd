import { describe, expect, it } from "vitest";
import { addressPlan, machineNames, workerNames } from "./address-plan";
import { configFiles } from "./config-files";
import { machineFiles, machineFolders } from "./machine-files";

const plan = addressPlan();

describe("machineFolders", () => {
    it("derives the folders from the machine's name", () => {
        expect(Object.fromEntries(machineNames.map((name) => [name, machineFolders(name, "kvm")]))).toEqual({
            lb: ["machines/common", "machines/contestant", "lb-config/base"],
            host: ["machines/common", "machines/contestant", "machines/host"],
            "acme-server": ["machines/common", "machines/acme-server"],
            "k8s-master": ["machines/common", "machines/k8s-node", "machines/k8s-master"],
            "k8s-worker1": ["machines/common", "machines/k8s-node", "machines/k8s-worker"],
            "k8s-worker2": ["machines/common", "machines/k8s-node", "machines/k8s-worker"],
        });
    });
});

describe("machineFiles", () => {
    it("gives each node another pod network", () => {
        const networks = (["k8s-master", "k8s-worker1", "k8s-worker2"] as const).map(
            (node) =>
                machineFiles(node, plan, "kvm")
                    .find(({ path }) => path === "/etc/cni/net.d/10-pods.conflist")
                    ?.content.match(/10\.244\.\d\.0\/24/)?.[0],
        );
        expect(networks).toEqual(["10.244.0.0/24", "10.244.1.0/24", "10.244.2.0/24"]);
    });

    it("contains each path once", () => {
        for (const machine of machineNames) {
            const paths = machineFiles(machine, plan, "tcg").map(({ path }) => path);
            expect(paths).toEqual([...new Set(paths)]);
        }
    });

    it("contains the addresses of all machines in every /etc/hosts", () => {
        const hosts = configFiles("machines/common", plan).find(({ path }) => path === "/etc/hosts")?.content ?? "";
        const entries = hosts.split("\n").filter((line) => line.startsWith("192.168.20."));
        expect(Object.fromEntries(entries.map((line) => line.split(/\s+/).reverse()))).toEqual(plan.machines);
    });

    it("balances the VIP over the workers", () => {
        const path = "/etc/keepalived/keepalived.conf";
        const text = machineFiles("lb", plan, "kvm").find((file) => file.path === path)?.content ?? "";
        const servers = (kind: string) =>
            [...text.matchAll(new RegExp(`${kind}_server (\\S+ \\d+)`, "g"))].map(([, one]) => one);
        expect(servers("virtual")).toEqual([80, 443].map((port) => `${plan.vip} ${port}`));
        expect(servers("real")).toEqual(
            [80, 443].flatMap((port) => workerNames.map((name) => `${plan.machines[name]} ${port}`)),
        );
    });
});
