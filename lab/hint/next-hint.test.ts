import { describe, expect, it } from "vitest";
import { addressPlan } from "../../infra/config/address-plan";
import { parseNatRules } from "./nat-rules";
import { nextHint } from "./next-hint";
import type { ClusterFacts, LabFacts, LoadBalancerFacts } from "./observation";

const plan = addressPlan();
const rules = (...texts: string[]) => parseNatRules(`*nat\n${texts.join("\n")}\nCOMMIT\n`);
const hairpin = rules("-A POSTROUTING -s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.1 -j MASQUERADE");
const dnat = "-A PREROUTING -d 192.168.20.1/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 192.168.20.130:80";
const redirect = "-A PREROUTING -d 192.168.20.1/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080";

const nothingAtBoot = { conntrack: false, conntrackInSysctlConf: false, module: false, natRules: [] };
const allAtBoot = { conntrack: true, conntrackInSysctlConf: false, module: true, natRules: hairpin };

const lb: LoadBalancerFacts = {
    conntrack: false,
    natRules: [],
    nativeNat: false,
    proxies: [],
    keepalived: "active",
    virtualServers: [{ address: "192.168.20.1:80", realServers: ["192.168.20.130:80"] }],
    boot: nothingAtBoot,
};

const cluster: ClusterFacts = {
    nodesNotReady: [],
    workloadsNotReady: [],
    issuerProblem: undefined,
    certificate: { ready: false, message: "Issuing certificate" },
    failedOrder: undefined,
    challengeReason: "Waiting for HTTP-01 challenge propagation",
};

const untouched: LabFacts = {
    plan,
    lb,
    cluster,
    acmeUnitsDown: [],
    brokenConstraint: undefined,
    resolved: plan.vip,
    selfCheckAnswered: false,
    pageProblem: "curl: (60) SSL certificate problem",
};

interface Changes extends Partial<Omit<LabFacts, "lb" | "cluster">> {
    lb?: Partial<LoadBalancerFacts>;
    cluster?: Partial<ClusterFacts>;
}

const hintFor = (changes: Changes) =>
    nextHint({
        ...untouched,
        ...changes,
        lb: { ...lb, ...changes.lb },
        cluster: { ...cluster, ...changes.cluster },
    });
const nameFor = (changes: Changes) => hintFor(changes).name;

describe("a lab out of order", () => {
    it("names lb alone when it does not answer, and the way when no node does", () => {
        expect(nextHint({ silent: ["lb", "k8s-master", "k8s-worker1", "k8s-worker2"] })).toEqual({
            name: "machines-silent",
            details: { machines: "lb" },
        });
        expect(nextHint({ silent: ["k8s-master", "k8s-worker1", "k8s-worker2"] }).name).toBe("nodes-unreachable");
        expect(nextHint({ silent: ["host", "k8s-worker1"] }).details).toEqual({ machines: "host, k8s-worker1" });
    });

    it("names an API server that is down", () => {
        expect(nextHint({ apiServerProblem: "connection refused" }).name).toBe("api-server-down");
    });

    it.each<[string, Changes]>([
        ["keepalived-down", { lb: { keepalived: "inactive", virtualServers: [] } }],
        ["constraint-broken", { brokenConstraint: { name: "keepalived", reason: "keepalived.conf was changed" } }],
        ["nodes-not-ready", { cluster: { nodesNotReady: ["k8s-worker1"], workloadsNotReady: ["a/b"] } }],
        ["workloads-not-ready", { cluster: { workloadsNotReady: ["cert-manager/cert-manager"] } }],
        ["real-servers-missing", { lb: { virtualServers: [{ address: "192.168.20.1:80", realServers: [] }] } }],
        ["real-servers-missing", { lb: { virtualServers: [] } }],
        ["acme-server-down", { acmeUnitsDown: ["step-ca"] }],
        ["issuer-not-ready", { cluster: { issuerProblem: "Failed to register ACME account" } }],
    ])("gives %s", (name, changes) => {
        expect(nameFor(changes)).toBe(name);
    });
});

describe("hairpin NAT", () => {
    it.each<[string, Changes]>([
        ["untouched", {}],
        ["rule-missing", { lb: { conntrack: true } }],
        ["sysctl-missing", { lb: { natRules: hairpin } }],
        [
            "rule-wrong-source",
            {
                lb: {
                    conntrack: true,
                    natRules: rules("-A POSTROUTING -s 192.168.20.0/25 -m ipvs --vaddr 192.168.20.1 -j MASQUERADE"),
                },
            },
        ],
        [
            "rule-wrong-virtual-address",
            {
                lb: {
                    conntrack: true,
                    natRules: rules("-A POSTROUTING -m ipvs --vaddr 192.168.20.254 -j MASQUERADE"),
                },
            },
        ],
        [
            "rule-wrong-chain",
            {
                lb: {
                    conntrack: true,
                    natRules: rules("-A INPUT -m ipvs --vaddr 192.168.20.1 -j SNAT --to-source 192.168.20.254"),
                },
            },
        ],
        ["hairpin-not-answering", { lb: { conntrack: true, natRules: hairpin } }],
        ["hairpin-not-answering", { lb: { conntrack: true, nativeNat: true } }],
        ["only-certificate", { cluster: { certificate: { ready: true, message: "" } }, pageProblem: undefined }],
    ])("gives %s when the self check is not answered", (name, changes) => {
        expect(nameFor(changes)).toBe(name);
    });

    it("quotes the wrong rule", () => {
        const [rule] = rules("-A POSTROUTING -s 10.244.0.0/16 -m ipvs --vaddr 192.168.20.1 -j MASQUERADE");
        expect(rule && hintFor({ lb: { conntrack: true, natRules: [rule] } }).details).toEqual({ rule: rule?.text });
    });

    it("looks at no rule that does not matter when one is right", () => {
        const natRules = [...rules("-A POSTROUTING -s 192.168.20.0/25 -o eth0 -j MASQUERADE"), ...hairpin];
        expect(nameFor({ lb: { conntrack: true, natRules } })).toBe("hairpin-not-answering");
    });
});

describe("other accepted solutions under way", () => {
    it.each<[string, Changes]>([
        ["site-unresolved", { resolved: "" }],
        ["dns-not-answering", { resolved: "10.244.1.9" }],
        ["dnat-keeps-source", { lb: { natRules: rules(dnat) } }],
        ["dnat-keeps-source", { lb: { natRules: [...rules(dnat), ...hairpin] } }],
        ["dnat-not-answering", { lb: { natRules: rules(dnat, "-A POSTROUTING -s 192.168.20.128/25 -j MASQUERADE") } }],
        ["proxy-bypassed", { lb: { proxies: ["haproxy"] } }],
        ["proxy-not-answering", { lb: { proxies: ["haproxy"], natRules: rules(redirect) } }],
        ["proxy-not-answering", { lb: { natRules: rules(dnat.replace("192.168.20.130:80", "192.168.20.1:8080")) } }],
        ["rule-missing", { lb: { conntrack: true, proxies: ["haproxy"] } }],
    ])("gives %s", (name, changes) => {
        expect(nameFor(changes)).toBe(name);
    });
});

describe("once the self check is answered", () => {
    const open = { selfCheckAnswered: true, lb: { conntrack: true, natRules: hairpin, boot: allAtBoot } };

    it.each<[string, Changes]>([
        ["certificate-missing", { cluster: { certificate: undefined } }],
        ["order-failed", { cluster: { failedOrder: "Order www-1 is invalid: no" } }],
        ["certificate-waiting", {}],
        ["page-missing", { cluster: { certificate: { ready: true, message: "" } } }],
    ])("gives %s", (name, changes) => {
        expect(nameFor({ ...open, ...changes })).toBe(name);
    });

    it("says what is waited for, also before the challenge has a reason", () => {
        expect(hintFor(open).details.reason).toBe("Waiting for HTTP-01 challenge propagation");
        expect(hintFor({ ...open, cluster: { challengeReason: "" } }).details.reason).toBe("Issuing certificate");
    });
});

describe("once the end state is reached", () => {
    const reached = (changes: Changes) =>
        nameFor({
            selfCheckAnswered: true,
            cluster: { certificate: { ready: true, message: "" } },
            pageProblem: undefined,
            ...changes,
        });
    const withHairpin = (boot: Partial<LoadBalancerFacts["boot"]>) =>
        reached({ lb: { conntrack: true, natRules: hairpin, boot: { ...allAtBoot, ...boot } } });

    it("asks for each part of hairpin NAT that a reboot would take away", () => {
        expect(withHairpin(nothingAtBoot)).toBe("sysctl-not-persistent");
        expect(withHairpin({ conntrack: false, conntrackInSysctlConf: true })).toBe("sysctl-conf-not-read");
        expect(withHairpin({ module: false })).toBe("module-not-persistent");
        expect(withHairpin({ natRules: [] })).toBe("rules-not-persistent");
        expect(withHairpin({})).toBe("solved");
    });

    it("accepts a saved rule that was written in another way", () => {
        expect(withHairpin({ natRules: rules("-A POSTROUTING -m ipvs --vaddr 192.168.20.1/32 -j MASQUERADE") })).toBe(
            "solved",
        );
    });

    it("asks for the rules of DNAT and of a reverse proxy, and not for a sysctl that they do without", () => {
        const masquerade = "-A POSTROUTING -s 192.168.20.128/25 -j MASQUERADE";
        for (const natRules of [rules(dnat, masquerade), rules(redirect)]) {
            expect(reached({ lb: { natRules } })).toBe("rules-not-persistent");
            expect(reached({ lb: { natRules, boot: { ...nothingAtBoot, natRules } } })).toBe("solved");
        }
    });

    it("asks nothing of the cluster's DNS, which lives in the cluster, nor of a way that it does not know", () => {
        expect(reached({ resolved: "10.244.1.9" })).toBe("solved");
        expect(reached({ lb: { nativeNat: true } })).toBe("solved");
        expect(reached({})).toBe("solved");
    });
});
