import { describe, expect, it } from "vitest";
import { addressPlan } from "./address-plan";
import { configFiles, fillPlaceholders, relocate } from "./config-files";

describe("relocate", () => {
    it("replaces whole addresses only", () => {
        const plan = addressPlan("10.1.2.0/24");
        expect(relocate("vip 192.168.20.1 not 1192.168.20.1 not 1.192.168.20.1", plan)).toBe(
            "vip 10.1.2.1 not 1192.168.20.1 not 1.192.168.20.1",
        );
    });

    it("leaves no address of the default network in lb's configuration", () => {
        const files = configFiles("lb-config/base", addressPlan("10.1.2.0/24"));
        const keepalived = files.find((file) => file.path === "/etc/keepalived/keepalived.conf");
        expect(keepalived?.content).toContain("virtual_server 10.1.2.1 80");
        expect(files.map((file) => file.content).join()).not.toContain("192.168.20.");
    });
});

describe("fillPlaceholders", () => {
    it("replaces placeholders that have a value", () => {
        expect(fillPlaceholders("a $" + "{b} c", { b: "x" })).toBe("a x c");
    });

    it("rejects a placeholder without a value", () => {
        expect(() => fillPlaceholders("$" + "{missing}", { b: "x" })).toThrow("missing");
    });
});

describe("configFiles", () => {
    it("mirrors the machine's root and keeps the executable bit", () => {
        const files = configFiles("machines/acme-server", addressPlan());
        expect(files.map((file) => [file.path, file.permissions])).toEqual([
            ["/etc/bind/db.ictsc.test", "0644"],
            ["/etc/bind/named.conf.local", "0644"],
            ["/etc/bind/named.conf.options", "0644"],
            ["/etc/step-ca/ca.json", "0644"],
            ["/etc/systemd/system/step-ca.service", "0644"],
            ["/etc/sysusers.d/step-ca.conf", "0644"],
            ["/usr/local/sbin/create-certificate-authority", "0755"],
        ]);
    });
});
