import { expect, it } from "vitest";
import { parseLoadBalancer } from "./load-balancer";

/** What lb.sh prints on a lab that nobody has touched, as far as it matters. */
const untouched = {
    conntrack: "0",
    natRules: "*nat\n:POSTROUTING ACCEPT [0:0]\nCOMMIT",
    savedRules: "",
    nativeNat: "0",
    bootSysctl: "",
    sysctlConf: "",
    bootModule: "",
    keepalived: "active",
    virtualServers: "-A -t 192.168.20.1:80 -s rr\n-a -t 192.168.20.1:80 -r 192.168.20.130:80 -m -w 1",
    listeners: 'LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=400,fd=6))',
};
const parse = (changes: Partial<typeof untouched> = {}) =>
    parseLoadBalancer(JSON.stringify({ ...untouched, ...changes }));

it("reads an untouched lb", () => {
    expect(parse()).toEqual({
        conntrack: false,
        natRules: [],
        nativeNat: false,
        proxies: [],
        keepalived: "active",
        virtualServers: [{ address: "192.168.20.1:80", realServers: ["192.168.20.130:80"] }],
        boot: { conntrack: false, conntrackInSysctlConf: false, module: false, natRules: [] },
    });
});

it("tells what the next boot restores from what only stands in a file", () => {
    const line = "net.ipv4.vs.conntrack=1";
    expect(parse({ sysctlConf: line }).boot).toMatchObject({ conntrack: false, conntrackInSysctlConf: true });
    expect(parse({ bootSysctl: "net/ipv4/vs/conntrack = 1" }).boot.conntrack).toBe(true);
    expect(parse({ bootSysctl: "net.ipv4.vs.conntrack = 0" }).boot.conntrack).toBe(false);
    expect(parse({ bootModule: "ip_vs" }).boot.module).toBe(true);
});

it("names proxies, and no other listeners", () => {
    const haproxy = 'LISTEN 0 4096 0.0.0.0:8080 0.0.0.0:* users:(("haproxy",pid=900,fd=7),("haproxy",pid=901,fd=7))';
    expect(parse({ listeners: `${untouched.listeners}\n${haproxy}` }).proxies).toEqual(["haproxy"]);
});

it("takes a kernel without ip_vs for one without the sysctl", () => {
    expect(parse({ conntrack: "" }).conntrack).toBe(false);
});
