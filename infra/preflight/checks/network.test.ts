import { describe, expect, it } from "vitest";
import { cellContext, type FakeMachine, remoteContext, resultOf, systemContext } from "../fake-host.ts";
import { forwarding, remoteNetworks, routes } from "./network.ts";

const socket = { "/var/run/libvirt/libvirt-sock": "" };
const rules =
    '[{"priority":0,"src":"all","table":"local"},{"priority":32766,"src":"all","table":"main"},' +
    '{"priority":32767,"src":"all","table":"default"}]';

it("the checks do not apply to cells, whose networks are invisible to each other", () => {
    for (const check of [routes, forwarding, remoteNetworks]) {
        expect(check.applies(cellContext())).toBe(false);
    }
    expect([routes, forwarding].map((check) => check.applies(systemContext()))).toEqual([true, true]);
    expect([routes, forwarding].map((check) => check.applies(remoteContext()))).toEqual([false, false]);
});

/** The message of ip(8) for an address to which the kernel has no route. */
const rtnetlink = (reason: string) => `RTNETLINK answers: ${reason}\nCommand failed -:1\n`;

describe("routes", () => {
    const machine = (
        lookups: string[],
        more: { rules?: string; stderr?: string; names?: string } = {},
    ): FakeMachine => ({
        programs: ["ip", "virsh"],
        opens: socket,
        commands: {
            "ip -json -force -batch -": { exitCode: 1, stdout: lookups.join("\n"), stderr: more.stderr ?? "" },
            "ip -json rule": more.rules ?? rules,
            "virsh --quiet --connect": "",
            "virsh --quiet --connect qemu:///system list": more.names ?? "",
        },
    });
    const result = (...parameters: Parameters<typeof machine>) =>
        resultOf(routes, machine(...parameters), systemContext());
    const choose = "pulumi config set network 192.168.77.0/24";

    it.each([
        ["the default route", '[{"dst":"default","gateway":"10.0.0.1","dev":"eth0","flags":[]}]'],
        ["one of a VPN's two default routes", '[{"dst":"128.0.0.0/1","gateway":"10.8.0.1","dev":"tun0"}]'],
        ["no route", ""],
    ])("passes with %s", async (_, lookup) => {
        const stderr = rtnetlink("Network is unreachable");
        expect(await result([lookup], { stderr })).toMatchObject({ state: "ok" });
    });

    it.each([
        ["the same network", '[{"dst":"192.168.20.0/24","dev":"virbr1","scope":"link"}]', "192.168.20.0/24 on virbr1"],
        ["a part of it", '[{"dst":"192.168.20.128/25","gateway":"10.0.0.9","dev":"eth0"}]', "10.0.0.9 on eth0"],
        ["one address of it", '[{"dst":"192.168.20.20","dev":"tap0","scope":"link"}]', "192.168.20.20 on tap0"],
        [
            "a wider network of an interface",
            '[{"dst":"192.168.0.0/16","dev":"wlan0","scope":"link"}]',
            "network of wlan0",
        ],
    ])("fails for a route to %s", async (_, lookup, detail) => {
        expect(await result(["[]", lookup])).toEqual({
            state: "fail",
            detail: expect.stringContaining(detail),
            remedy: choose,
        });
    });

    it("warns for a wider network behind a router", async () => {
        const lookup = '[{"dst":"192.168.0.0/16","gateway":"10.8.0.1","dev":"tun0"}]';
        expect(await result([lookup])).toMatchObject({
            state: "warn",
            detail: expect.stringContaining("10.8.0.1 on tun0"),
            remedy: choose,
        });
    });

    const vpnTable = '[{"dst":"default","dev":"wg0","table":"51820","scope":"link"}]';
    const vpnRule = (before: string) =>
        `[${before}{"priority":32765,"not":null,"src":"all","table":"51820"},{"priority":32766,"src":"all","table":"main"}]`;

    it("fails for a policy rule that comes before the table main", async () => {
        expect(await result([vpnTable], { rules: vpnRule("") })).toMatchObject({
            state: "fail",
            detail: expect.stringContaining("table 51820"),
        });
    });

    it("passes for a VPN that leaves the routes of main in force", async () => {
        const suppress = '{"priority":32764,"src":"all","table":"main","suppress_prefixlen":0},';
        expect(await result([vpnTable], { rules: vpnRule(suppress) })).toMatchObject({ state: "ok" });
    });

    it("warns for blocked addresses", async () => {
        const stderr = rtnetlink("No route to host");
        expect(await result([""], { stderr })).toMatchObject({
            state: "warn",
            detail: expect.stringContaining("No route"),
        });
    });

    it("looks up every address of the network", async () => {
        const other = systemContext({ network: "10.1.2.0/24" });
        const taken = '[{"dst":"10.1.2.0/24","dev":"eth1"}]';
        expect(await resultOf(routes, machine([taken]), other)).toMatchObject({
            detail: expect.stringContaining("eth1"),
        });
    });

    it("passes for a lab that exists: the route is the lab's", async () => {
        const own = '[{"dst":"192.168.20.0/24","dev":"virbr0","scope":"link"}]';
        expect(await result([own], { names: "certificate-lab-lb\n" })).toMatchObject({ state: "ok" });
        expect(await result([own], { names: "other-lab-lb\n" })).toMatchObject({ state: "fail" });
    });

    it("is pending before ip is installed", async () => {
        expect(await resultOf(routes, { ...machine([]), programs: [] }, systemContext())).toMatchObject({
            state: "pending",
        });
    });
});

describe("forwarding", () => {
    const filtered: FakeMachine = {
        user: { uid: 0 },
        programs: ["iptables", "sudo"],
        files: { "/proc/sys/net/bridge/bridge-nf-call-iptables": "1\n" },
        commands: { "iptables --list-rules FORWARD": "-P FORWARD DROP\n-A FORWARD -j DOCKER-USER\n" },
    };
    const remedy = "iptables --insert FORWARD -m physdev --physdev-is-bridged -j ACCEPT";

    it("fails when bridged frames pass a filter that drops them", async () => {
        expect(await resultOf(forwarding, filtered, systemContext())).toMatchObject({ state: "fail", remedy });
    });

    it("passes with the remedy, with the policy ACCEPT, and without bridge-nf-call-iptables", async () => {
        const list = (text: string) => ({ ...filtered, commands: { "iptables --list-rules FORWARD": text } });
        const accepted = "-P FORWARD DROP\n-A FORWARD -m physdev --physdev-is-bridged -j ACCEPT\n";
        expect(await resultOf(forwarding, list(accepted), systemContext())).toMatchObject({ state: "ok" });
        expect(await resultOf(forwarding, list("-P FORWARD ACCEPT\n"), systemContext())).toMatchObject({ state: "ok" });
        expect(await resultOf(forwarding, { ...filtered, files: {} }, systemContext())).toMatchObject({ state: "ok" });
    });

    it("warns an ordinary user, who cannot read the filter, where Docker runs", async () => {
        const ordinary: FakeMachine = {
            ...filtered,
            user: {},
            paths: ["/sys/class/net/docker0"],
            commands: { "sudo --non-interactive iptables": { exitCode: 1 } },
        };
        expect(await resultOf(forwarding, ordinary, systemContext())).toMatchObject({
            state: "warn",
            remedy: `sudo ${remedy}`,
        });
        expect(await resultOf(forwarding, { ...ordinary, paths: [] }, systemContext())).toMatchObject({ state: "ok" });
    });
});

describe("networks of a remote libvirt", () => {
    const remote = (xml: string, names = "default\n"): FakeMachine => ({
        programs: ["virsh"],
        commands: {
            "virsh --quiet --connect": "",
            "virsh --quiet --connect qemu+tls://server/system net-list": names,
            "virsh --quiet --connect qemu+tls://server/system net-dumpxml": xml,
        },
    });
    const context = remoteContext({ libvirtUri: "qemu+tls://server/system" });

    it.each([
        ["with a mask", "<ip address='192.168.20.200' netmask='255.255.255.128'/>"],
        ["with a prefix", '<ip family="ipv4" address="192.168.0.1" prefix="16">'],
        ["of a route", "<route address='192.168.20.128' prefix='25' gateway='192.168.122.2'/>"],
    ])("fails for an overlapping network %s", async (_, xml) => {
        expect(await resultOf(remoteNetworks, remote(xml), context)).toMatchObject({
            state: "fail",
            detail: expect.stringContaining("network default"),
        });
    });

    it("passes for other networks, and for the lab's own", async () => {
        const other = "<ip address='192.168.122.1' netmask='255.255.255.0'><range start='192.168.122.2'/></ip>";
        expect(await resultOf(remoteNetworks, remote(other), context)).toMatchObject({ state: "ok" });
        const own = remote("<ip address='192.168.20.126' prefix='24'/>", "certificate-lab-front\n");
        expect(await resultOf(remoteNetworks, own, context)).toMatchObject({ state: "ok" });
    });

    it("is pending while libvirt does not respond", async () => {
        expect(await resultOf(remoteNetworks, { programs: [] }, context)).toMatchObject({ state: "pending" });
    });
});
