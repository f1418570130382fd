import { describe, expect, it } from "vitest";
import { addressPlan, hardwareAddress } from "./address-plan";

describe("addressPlan", () => {
    it("has the addresses of the problem statement by default", () => {
        expect(addressPlan().machines).toEqual({
            lb: "192.168.20.1",
            host: "192.168.20.20",
            "acme-server": "192.168.20.125",
            "k8s-master": "192.168.20.129",
            "k8s-worker1": "192.168.20.130",
            "k8s-worker2": "192.168.20.131",
        });
    });

    it("derives all addresses from another network", () => {
        const plan = addressPlan("10.9.8.0/24");
        expect(plan).toMatchObject({
            vip: "10.9.8.1",
            clusterCidr: "10.9.8.128/25",
            clusterGateway: "10.9.8.254",
            hypervisor: "10.9.8.126",
        });
    });

    it.each([
        "192.168.20.0",
        "192.168.20.0/23",
        "192.168.20.1/24",
        "300.168.20.0/24",
        "8.8.8.0/24",
        "10.244.3.0/24",
        "x",
    ])("rejects %s", (network) => {
        expect(() => addressPlan(network)).toThrow();
    });
});

describe("hardwareAddress", () => {
    it("is locally administered and unique for an address", () => {
        expect(hardwareAddress("192.168.20.125")).toBe("52:54:00:A8:14:7D");
        expect(hardwareAddress("192.168.21.125")).not.toBe(hardwareAddress("192.168.20.125"));
    });
});
