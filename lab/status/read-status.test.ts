import { beforeEach, describe, expect, it, vi } from "vitest";
import { addressPlan, type MachineName } from "../../infra/config/address-plan";
import type { CommandResult, Machines } from "../lib/ssh";
import { readClusterStatus } from "./cluster-status";
import { readDomains } from "./domains";
import type { StatusStack } from "./lab-status";
import { readStatus } from "./read-status";

vi.mock("./domains");
vi.mock("./cluster-status");

const stack: StatusStack = {
    labName: "certificate-lab",
    libvirtUri: "qemu:///system",
    built: "completely",
    fixed: "no",
    pending: [],
    access: { machines: addressPlan().machines, provisionerKey: "secret", knownHosts: "" },
    kubeconfig: "secret: kubeconfig",
};

const cluster = { nodes: { value: [] }, certificate: { value: undefined }, challenges: { value: [] } };

const domains = (states: Partial<Record<MachineName, string>>) =>
    vi.mocked(readDomains).mockResolvedValue({
        value: new Map(Object.entries(states).map(([name, domain]) => [`certificate-lab-${name}`, domain])),
    });

/** Machines that respond to every command with an uptime, or with `result`. */
function machines(result: (machine: MachineName) => Partial<CommandResult> = () => ({})): Machines {
    return {
        run: async (machine: MachineName) => ({ exitCode: 0, stdout: "up 5 minutes", stderr: "", ...result(machine) }),
    } as unknown as Machines;
}

describe("readStatus", () => {
    beforeEach(() => {
        vi.mocked(readClusterStatus).mockReset().mockResolvedValue(cluster);
        domains({ lb: "running", host: "running", "k8s-master": "running", "acme-server": "paused" });
    });

    it("contacts running machines only", async () => {
        const contacted = new Set<string>();
        const status = await readStatus(
            stack,
            machines((machine) => {
                contacted.add(machine);
                return {};
            }),
        );
        expect([...contacted].sort()).toEqual(["host", "k8s-master", "lb"]);
        expect(status.machines["acme-server"].uptime).toEqual({ failure: "acme-server is paused" });
        expect(status.machines["k8s-worker1"].domain).toBe("not built");
    });

    it("reports each machine's failure beside the others' status", async () => {
        const status = await readStatus(
            stack,
            machines((machine) =>
                machine === "lb"
                    ? { exitCode: undefined }
                    : machine === "host"
                      ? { exitCode: 255, stderr: "ssh: connect to host 192.168.20.20 port 22: Connection refused\r" }
                      : {},
            ),
        );
        expect(status.machines.lb.uptime).toEqual({ failure: "no response in time" });
        expect(status.virtualServers).toEqual({ failure: "no response in time" });
        expect(status.machines.host.uptime).toEqual({ failure: "SSH: Connection refused" });
        expect(status.nodes).toEqual({ value: [] });
    });

    it("does not contact the API server of a machine that is off, or before it is built", async () => {
        domains({ "k8s-master": "shut off" });
        expect((await readStatus(stack, machines())).certificate).toEqual({ failure: "k8s-master is shut off" });
        domains({ "k8s-master": "running" });
        const { nodes } = await readStatus({ ...stack, kubeconfig: undefined }, machines());
        expect(nodes).toEqual({ failure: "the cluster is not built yet" });
        expect(readClusterStatus).not.toHaveBeenCalled();
    });

    it("contacts no machine without a key", async () => {
        expect((await readStatus(stack, undefined)).machines.lb.uptime).toEqual({
            failure: "the stack has no key for it yet",
        });
    });

    it("contacts every machine when libvirt does not respond", async () => {
        vi.mocked(readDomains).mockResolvedValue({ failure: "no response within 20 s" });
        const status = await readStatus(stack, machines());
        expect(status.libvirtFailure).toBe("no response within 20 s");
        expect(status.machines.lb).toMatchObject({ domain: "unknown", uptime: { value: "up 5 minutes" } });
        expect(status.nodes).toEqual({ value: [] });
    });

    it("contains no key", async () => {
        expect(JSON.stringify(await readStatus(stack, machines()))).not.toContain("secret");
    });
});
