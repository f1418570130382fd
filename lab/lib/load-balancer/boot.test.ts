import { describe, expect, it } from "vitest";
import { moduleAtBoot, sysctlAtBoot } from "./boot";

describe("sysctlAtBoot", () => {
    it.each([
        ["missing", ""],
        ["set", "/etc/sysctl.d/90-hairpin-nat.conf:net.ipv4.vs.conntrack = 1"],
        ["set", "/usr/lib/sysctl.d/a.conf:-net/ipv4/vs/conntrack=1"],
        ["missing", "/etc/sysctl.d/a.conf:#net.ipv4.vs.conntrack = 1"],
        ["missing", "/etc/sysctl.d/a.conf:net.ipv4.vs.conntrack = 0"],
        ["unknown", "/etc/sysctl.d/a.txt:net.ipv4.vs.conntrack = 1"],
        ["missing", "/etc/sysctl.d/b.conf:net.ipv4.vs.conntrack=0\n/usr/lib/sysctl.d/a.conf:net.ipv4.vs.conntrack=1"],
        ["set", "/etc/sysctl.d/b.conf:net.ipv4.vs.conntrack=1\n/usr/lib/sysctl.d/b.conf:net.ipv4.vs.conntrack=0"],
        ["set", "/etc/sysctl.conf:net.ipv4.vs.conntrack = 1"],
        ["set", "/etc/sysctl.conf:net.ipv4.vs.conntrack = 1\n/etc/sysctl.d/50-ipvs.conf:net.ipv4.vs.conntrack = 0"],
        ["missing", "/etc/sysctl.conf:net.ipv4.vs.conntrack = 0\n/etc/sysctl.d/50-ipvs.conf:net.ipv4.vs.conntrack = 1"],
        ["unknown", '/etc/udev/rules.d/ipvs.rules:ACTION=="add", RUN+="/sbin/sysctl -w net.ipv4.vs.conntrack=1"'],
        ["unknown", "/etc/systemd/system/hairpin.service:ExecStart=/sbin/sysctl -w net.ipv4.vs.conntrack=1"],
    ])("is %s for %s", (expected, mentions) => {
        expect(sysctlAtBoot(mentions)).toBe(expected);
    });
});

describe("moduleAtBoot", () => {
    it.each([
        ["missing", ""],
        ["set", "/etc/modules-load.d/ip_vs.conf:ip_vs"],
        ["missing", "/etc/modules-load.d/ip_vs.conf:# ip_vs"],
        ["missing", "/etc/iptables/rules.v4:-A POSTROUTING -m comment --comment ip_vs -j MASQUERADE"],
        ["unknown", "/etc/modules:ip_vs"],
        ["unknown", "/etc/systemd/system/hairpin.service:ExecStartPre=/sbin/modprobe ip_vs"],
    ])("is %s for %s", (expected, mentions) => {
        expect(moduleAtBoot(mentions)).toBe(expected);
    });
});
