import { describe, expect, it } from "vitest";
import { addressPlan } from "../config/address-plan";
import { identityFiles } from "./identity";
import { machineInterfaces } from "./interfaces";

const files = (machine: "lb" | "k8s-worker1") =>
    identityFiles({
        hostname: machine,
        authorizedKey: "ssh-ed25519 AAAA provisioner",
        hostKey: { privateKey: "PRIVATE\n", publicKey: "ssh-ed25519 BBBB host" },
        interfaces: machineInterfaces(machine, addressPlan()),
    });

describe("identityFiles", () => {
    it("contains one network file for each interface", () => {
        expect(files("lb").map(({ path, permissions }) => `${permissions} ${path}`)).toEqual([
            "0644 /etc/hostname",
            "0600 /etc/ssh/ssh_host_ed25519_key",
            "0644 /etc/ssh/ssh_host_ed25519_key.pub",
            "0600 /root/.ssh/authorized_keys",
            "0644 /etc/systemd/network/eth0.network",
            "0644 /etc/systemd/network/eth1.network",
        ]);
    });

    it("configures an interface by its hardware address", () => {
        expect(files("k8s-worker1").at(-1)?.content).toBe(`[Match]
MACAddress=52:54:00:a8:14:82

[Network]
Address=192.168.20.130/25
LinkLocalAddressing=no
IPv6AcceptRA=no

[Route]
Destination=0.0.0.0/0
Gateway=192.168.20.254

[Route]
Destination=10.244.0.0/24
Gateway=192.168.20.129

[Route]
Destination=10.244.2.0/24
Gateway=192.168.20.131
`);
    });
});
