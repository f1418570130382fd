import { beforeEach, describe, expect, it, vi } from "vitest";
import { addressPlan, type MachineName } from "../../infra/config/address-plan";
import type { CommandResult, Machines } from "../lib/ssh";
import { readDomains } from "./domains";
import type { ObservedStack } from "./observation";
import { observe } from "./observe";

vi.mock("./domains");

const state: ObservedStack = {
    labName: "certificate-lab-dev",
    libvirtUri: "qemu:///system",
    built: "completely",
    fixed: "no",
    pending: [],
    access: { machines: addressPlan().machines, provisionerKey: "secret", knownHosts: "" },
};

const domains = (states: Partial<Record<MachineName, string>>) =>
    vi.mocked(readDomains).mockResolvedValue({
        value: new Map(Object.entries(states).map(([name, domain]) => [`certificate-lab-dev-${name}`, domain])),
    });

/** Machines that answer to every command as told. */
function machines(answer: (machine: MachineName, command: string) => Partial<CommandResult>): Machines {
    return {
        run: async (machine: MachineName, command: string) => ({
            exitCode: 0,
            stdout: command.includes("kubectl") ? '{"items":[]}' : "up 5 minutes",
            stderr: "",
            ...answer(machine, command),
        }),
    } as unknown as Machines;
}

describe("observe", () => {
    beforeEach(() => {
        domains({ lb: "running", host: "running", "k8s-master": "running", "acme-server": "paused" });
    });

    it("does not ask machines that are paused or not built", async () => {
        const asked = new Set<string>();
        const observation = await observe(
            state,
            machines((machine) => {
                asked.add(machine);
                return {};
            }),
        );
        expect([...asked].sort()).toEqual(["host", "k8s-master", "lb"]);
        expect(observation.machines["acme-server"].uptime).toEqual({ problem: "acme-server is paused" });
        expect(observation.machines["k8s-worker1"].domain).toBe("not built");
    });

    it("says what is wrong with each machine and goes on with the others", async () => {
        const observation = await observe(
            state,
            machines((machine) =>
                machine === "lb"
                    ? { exitCode: undefined }
                    : machine === "host"
                      ? { exitCode: 255, stderr: "ssh: connect to host 192.168.20.20 port 22: Connection refused\r" }
                      : {},
            ),
        );
        expect(observation.machines.lb.uptime).toEqual({ problem: "no answer in time" });
        expect(observation.virtualServers).toEqual({ problem: "no answer in time" });
        expect(observation.machines.host.uptime).toEqual({ problem: "SSH: Connection refused" });
        expect(observation.nodes).toEqual({ value: [] });
    });

    it("tells a cluster without cert-manager from a dead one", async () => {
        const missing = "Error from server (NotFound): the server could not find the requested resource";
        const observation = await observe(
            state,
            machines((_, command) => (command.includes("certificates") ? { exitCode: 1, stderr: missing } : {})),
        );
        expect(observation.nodes).toEqual({ value: [] });
        expect(observation.certificate).toEqual({ problem: missing });
    });

    it("asks nobody without a key, and asks everybody when libvirt does not answer", async () => {
        expect((await observe(state, undefined)).machines.lb.uptime).toEqual({
            problem: "the stack has no key for it yet",
        });
        vi.mocked(readDomains).mockResolvedValue({ problem: "libvirt does not answer within 20 s" });
        const observation = await observe(
            state,
            machines(() => ({})),
        );
        expect(observation.libvirtProblem).toBe("libvirt does not answer within 20 s");
        expect(observation.machines.lb).toMatchObject({ domain: "unknown", uptime: { value: "up 5 minutes" } });
    });

    it("lets no key out", async () => {
        expect(
            JSON.stringify(
                await observe(
                    state,
                    machines(() => ({})),
                ),
            ),
        ).not.toContain("secret");
    });
});
