import { expect, it } from "vitest";
import { addressPlan, machineNames } from "../../infra/config/address-plan";
import { certificateName, labIssuer } from "../lib/certificate";
import type { LabStatus, MachineStatus } from "./lab-status";
import { screen } from "./screen";

const plan = addressPlan();
const certificate = { name: certificateName, issuer: labIssuer };
const reason = "Waiting for HTTP-01 challenge propagation: failed to perform self check GET request";

const machines = (status: Partial<MachineStatus>) =>
    Object.fromEntries(
        machineNames.map((name) => [
            name,
            { address: plan.machines[name], domain: "running", uptime: { value: "up 5 minutes" }, ...status },
        ]),
    ) as LabStatus["machines"];

const broken: LabStatus = {
    lab: { labName: "certificate-lab-dev", built: "completely", fixed: "no", pending: [] },
    libvirtFailure: undefined,
    machines: machines({}),
    nodes: { value: ["k8s-master", "k8s-worker1", "k8s-worker2"].map((name) => ({ name, ready: true })) },
    certificate: { value: { ...certificate, ready: "False", message: "Issuing certificate as Secret does not exist" } },
    challenges: { value: [{ state: "pending", reason }] },
    virtualServers: {
        value: [80, 443].map((port) => ({
            address: `192.168.20.1:${port}`,
            realServers: [`192.168.20.130:${port}`, `192.168.20.131:${port}`],
        })),
    },
    exposed: [],
};

it("lists the ports for contestants on other computers", () => {
    const text = screen({ ...broken, exposed: [{ machine: "lb", address: "192.0.2.7", port: 2201 }] });
    expect(text).toMatch(/^Exposed +lb on 192\.0\.2\.7, port 2201$/m);
});

it("shows a healthy broken lab", () => {
    expect(screen(broken)).toBe(
        `
Lab          certificate-lab-dev, completely built
Fixed        no
Log in       lab ssh lb or lab ssh host; the account user has the password ictsc2020

MACHINE      ADDRESS         LIBVIRT  SSH
lb           192.168.20.1    running  up 5 minutes
host         192.168.20.20   running  up 5 minutes
acme-server  192.168.20.125  running  up 5 minutes
k8s-master   192.168.20.129  running  up 5 minutes
k8s-worker1  192.168.20.130  running  up 5 minutes
k8s-worker2  192.168.20.131  running  up 5 minutes

Nodes        k8s-master Ready
             k8s-worker1 Ready
             k8s-worker2 Ready
Certificate  www-ictsc-test-tls READY False: Issuing certificate as Secret does not exist
Challenge    pending: ${reason}
VIP          192.168.20.1:80 -> 192.168.20.130:80, 192.168.20.131:80
             192.168.20.1:443 -> 192.168.20.130:443, 192.168.20.131:443
`.trim(),
    );
});

it("shows control characters of machines as text", () => {
    const text = screen({ ...broken, challenges: { value: [{ state: "pending", reason: "\u001b[2J\nforged" }] } });
    expect(text).toMatch(/^Challenge +pending: \\u\{1b\}\[2J forged$/m);
});

it("shows a solved lab", () => {
    const text = screen({
        ...broken,
        lab: { ...broken.lab, fixed: "yes" },
        certificate: {
            value: { ...certificate, ready: "True", message: "Certificate is up to date and has not expired" },
        },
        challenges: { value: [] },
    });
    expect(text).toContain("Fixed        yes, hairpin NAT on lb");
    expect(text).toContain("READY True");
    expect(text).toMatch(/^Challenge +none$/m);
});

it("shows a partly built lab, with the open resources of its update", () => {
    const failure = "k8s-master is not built";
    const text = screen({
        ...broken,
        lab: { labName: "certificate-lab-dev", built: "partly", fixed: "no", pending: ["lb-domain", "host-disk"] },
        machines: machines({ domain: "not built", uptime: { failure: "not built" } }),
        nodes: { failure },
        certificate: { failure },
        challenges: { failure },
        virtualServers: { failure: "lb is not built" },
    });
    expect(text).toMatch(/^Lab +certificate-lab-dev, not completely built\. Continue: make up$/m);
    expect(text).toMatch(/^Unfinished +lb-domain, host-disk$/m);
    expect(text).toMatch(/^Nodes +k8s-master is not built$/m);
    expect(text).toMatch(/^VIP +lb is not built$/m);
});

it("shows the missing parts of a lab that is partly down", () => {
    const text = screen({
        ...broken,
        libvirtFailure: "no response within 20 s",
        machines: {
            ...broken.machines,
            "acme-server": {
                address: plan.machines["acme-server"],
                domain: "paused",
                uptime: { failure: "acme-server is paused" },
            },
        },
        nodes: {
            value: [
                { name: "k8s-master", ready: true },
                { name: "k8s-worker1", ready: false },
            ],
        },
        certificate: { value: undefined },
        virtualServers: { value: [{ address: "192.168.20.1:80", realServers: [] }] },
    });
    expect(text).toMatch(/^Libvirt +no response within 20 s$/m);
    expect(text).toMatch(/^acme-server +192\.168\.20\.125 +paused +acme-server is paused$/m);
    expect(text).toMatch(/^lb +192\.168\.20\.1 +running +up 5 minutes$/m);
    expect(text).toMatch(/^ +k8s-worker1 not Ready$/m);
    expect(text).toMatch(/^Certificate +there is no www-ictsc-test-tls$/m);
    expect(text).toMatch(/^VIP +192\.168\.20\.1:80 -> no real server$/m);
});
