import { describe, expect, it } from "vitest";
import { addressPlan } from "../../infra/config/address-plan";
import { exchange, timeout } from "../check/evidence/sample";
import type { SelfCheckRequest, Way } from "../check/self-check";
import { parseNatRules } from "../lib/load-balancer/nat-rules";
import type { LoadBalancerState } from "../lib/load-balancer/state";
import type { ClusterFacts } from "./cluster";
import type { LabFacts } from "./facts";
import { nextHint } from "./next-hint";

const plan = addressPlan();
const rules = (...texts: string[]) => parseNatRules(`*nat\n${texts.join("\n")}\nCOMMIT\n`);
const hairpin = rules("-A POSTROUTING -s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.1 -j MASQUERADE");
const dnat = "-A PREROUTING -d 192.168.20.1/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 192.168.20.130:80";
const redirect = "-A PREROUTING -d 192.168.20.1/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080";

const allAtBoot = { sysctl: "set", module: "set", rules: "set", proxies: "set" } as const;
const nothingAtBoot = { sysctl: "missing", module: "missing", rules: "missing", proxies: "set" } as const;

const lb: LoadBalancerState = {
    conntrack: false,
    natRules: [],
    proxies: [],
    keepalivedRuns: true,
    virtualServers: [{ address: "192.168.20.1:80", realServers: ["192.168.20.130:80"] }],
    boot: nothingAtBoot,
};

const cluster: ClusterFacts = {
    nodesNotReady: [],
    workloadsNotReady: [],
    issuerFailure: undefined,
    certificate: { ready: false, message: "Issuing certificate" },
    failedOrder: undefined,
    challengeReason: "Waiting for HTTP-01 challenge propagation",
};

const request = (changes: Partial<SelfCheckRequest> = {}): SelfCheckRequest => ({
    node: "k8s-worker1",
    fromCertManager: true,
    exchange: exchange(),
    way: "IPVS with source NAT",
    ...changes,
});
const passing = (way: Way) => ({ addresses: [plan.vip], requests: [request({ way }), request({ way })] });
const failing = (addresses = [plan.vip]) => ({
    addresses,
    requests: [request({ exchange: timeout(), failure: "Connection timed out", way: "IPVS" })],
});

const untouched: LabFacts = {
    plan,
    lb,
    cluster,
    acmeUnitsDown: [],
    brokenConstraint: undefined,
    examinationFailure: undefined,
    selfCheck: failing(),
    pageFailure: "curl: (60) SSL certificate problem",
    notEvaluated: undefined,
    unsolved: { name: "page on host", reason: "curl: (60)" },
};

interface Changes extends Partial<Omit<LabFacts, "lb" | "cluster">> {
    lb?: Partial<LoadBalancerState>;
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

describe("a lab that does not work", () => {
    const examinationFailure = { name: "lb", reason: "the examination ended early" } as const;
    const brokenConstraint = { name: "host environment", reason: "/etc/hosts" };

    it("names lb alone when it does not respond, and the route when no node does", () => {
        expect(nextHint({ silent: ["lb", "k8s-master", "k8s-worker1", "k8s-worker2"] })).toEqual({
            name: "machines-silent",
            details: { machines: "lb" },
        });
        expect(nextHint({ silent: ["k8s-master", "k8s-worker1", "k8s-worker2"] }).name).toBe("nodes-unreachable");
        expect(nextHint({ silent: ["host", "k8s-worker1"] }).details).toEqual({ machines: "host, k8s-worker1" });
    });

    it("names an API server that is down", () => {
        expect(nextHint({ apiServerFailure: "connection refused" }).name).toBe("api-server-down");
    });

    it.each<[string, Changes]>([
        ["keepalived-down", { lb: { keepalivedRuns: false, virtualServers: [] } }],
        ["not-evaluated", { lb: { keepalivedRuns: false }, examinationFailure }],
        ["constraint-broken", { lb: { keepalivedRuns: false }, examinationFailure, brokenConstraint }],
        ["constraint-broken", { brokenConstraint: { name: "keepalived", reason: "keepalived.conf was changed" } }],
        ["nodes-not-ready", { cluster: { nodesNotReady: ["k8s-worker1"], workloadsNotReady: ["a/b"] } }],
        ["workloads-not-ready", { cluster: { workloadsNotReady: ["cert-manager/cert-manager"] } }],
        ["real-servers-missing", { lb: { virtualServers: [{ address: "192.168.20.1:80", realServers: [] }] } }],
        ["real-servers-missing", { lb: { virtualServers: [] } }],
        ["acme-server-down", { acmeUnitsDown: ["step-ca"] }],
        ["issuer-not-ready", { cluster: { issuerFailure: "Failed to register ACME account" } }],
        [
            "not-evaluated",
            { selfCheck: { addresses: [], requests: [] }, notEvaluated: { name: "self check", reason: "no pod" } },
        ],
    ])("has the hint %s", (name, changes) => {
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
        ["only-certificate", { cluster: { certificate: { ready: true, message: "" } }, pageFailure: undefined }],
    ])("has the hint %s while the self check fails", (name, changes) => {
        expect(nameFor(changes)).toBe(name);
    });

    it("quotes the wrong rule", () => {
        const [rule] = rules("-A POSTROUTING -s 10.244.0.0/16 -m ipvs --vaddr 192.168.20.1 -j MASQUERADE");
        expect(rule && hintFor({ lb: { conntrack: true, natRules: [rule] } }).details).toEqual({ rule: rule?.text });
    });

    it("ignores wrong rules beside a right one", () => {
        const natRules = [...rules("-A POSTROUTING -s 192.168.20.0/25 -o eth0 -j MASQUERADE"), ...hairpin];
        expect(nameFor({ lb: { conntrack: true, natRules } })).toBe("hairpin-not-answering");
    });
});

describe("other accepted solutions under way", () => {
    const masquerade = "-A POSTROUTING -s 192.168.20.128/25 -j MASQUERADE";

    it.each<[string, Changes]>([
        ["site-unresolved", { selfCheck: failing([]) }],
        ["dns-not-answering", { selfCheck: failing(["10.244.1.9"]) }],
        ["dnat-keeps-source", { lb: { natRules: rules(dnat) } }],
        ["dnat-keeps-source", { lb: { natRules: [...rules(dnat), ...hairpin] } }],
        ["dnat-not-answering", { lb: { natRules: rules(dnat, masquerade) } }],
        ["proxy-bypassed", { lb: { proxies: ["haproxy"] } }],
        ["proxy-not-answering", { lb: { proxies: ["haproxy"], natRules: rules(redirect) } }],
        ["proxy-not-answering", { lb: { natRules: rules(dnat.replace("192.168.20.130:80", "192.168.20.1:8080")) } }],
        ["rule-missing", { lb: { conntrack: true, proxies: ["haproxy"] } }],
        // Rules for other addresses.
        ["untouched", { lb: { natRules: rules(dnat.replace("192.168.20.1/32", "10.0.0.1/32")) } }],
        ["untouched", { lb: { natRules: rules(redirect.replace("192.168.20.1/32", "10.0.0.0/8")) } }],
        ["dnat-keeps-source", { lb: { natRules: rules(dnat.replace("-d 192.168.20.1/32 ", "")) } }],
    ])("has the hint %s", (name, changes) => {
        expect(nameFor(changes)).toBe(name);
    });

    it("names the server that responds instead of the ingress controller", () => {
        const response = exchange({ status: 404, remoteAddress: "10.244.1.9" });
        const requests = [request({ exchange: response, way: "another address", failure: "HTTP 404 from 10.244.1.9" })];
        expect(hintFor({ selfCheck: { addresses: ["10.244.1.9"], requests } })).toEqual({
            name: "another-response",
            details: { address: "10.244.1.9", status: "404" },
        });
    });
});

describe("a solution that works partly", () => {
    const [first, second] = [
        request({ realServer: "192.168.20.130:80" }),
        request({ realServer: "192.168.20.131:80", exchange: timeout(), failure: "Connection timed out", way: "IPVS" }),
    ];

    it.each([
        [first, second],
        [second, first],
        [second, first, second, first],
    ])("has one hint, in whichever order the real servers were used", (...requests) => {
        expect(
            hintFor({ lb: { conntrack: true, natRules: hairpin }, selfCheck: { addresses: [plan.vip], requests } }),
        ).toEqual({
            name: "path-partly",
            details: {
                passing: "k8s-worker1 -> 192.168.20.130:80",
                failing: "k8s-worker1 -> 192.168.20.131:80",
                reason: "Connection timed out",
            },
        });
    });
});

describe("once the self check passes", () => {
    const open = {
        selfCheck: passing("IPVS with source NAT"),
        lb: { conntrack: true, natRules: hairpin, boot: allAtBoot },
    };

    it.each<[string, Changes]>([
        ["certificate-missing", { cluster: { certificate: undefined } }],
        ["order-failed", { cluster: { failedOrder: "Order www-1 is invalid: no" } }],
        ["certificate-waiting", {}],
        ["page-missing", { cluster: { certificate: { ready: true, message: "" } } }],
    ])("has the hint %s", (name, changes) => {
        expect(nameFor({ ...open, ...changes })).toBe(name);
    });

    it("has the challenge's reason, or the certificate's message before there is one", () => {
        expect(hintFor(open).details.reason).toBe("Waiting for HTTP-01 challenge propagation");
        expect(hintFor({ ...open, cluster: { challengeReason: "" } }).details.reason).toBe("Issuing certificate");
    });

    it("is not solved before every check passes", () => {
        const reached = { ...open, cluster: { certificate: { ready: true, message: "" } }, pageFailure: undefined };
        expect(hintFor({ ...reached, unsolved: { name: "issued by the lab's authority", reason: "no" } }).name).toBe(
            "check-unsolved",
        );
        expect(hintFor({ ...reached, notEvaluated: { name: "keepalived", reason: "no marker" } }).name).toBe(
            "not-evaluated",
        );
    });
});

describe("once the end state is reached", () => {
    const reached = (way: Way, state: Partial<LoadBalancerState> = {}) =>
        nameFor({
            selfCheck: passing(way),
            cluster: { certificate: { ready: true, message: "" } },
            pageFailure: undefined,
            unsolved: undefined,
            lb: state,
        });
    const withHairpin = (boot: Partial<LoadBalancerState["boot"]>) =>
        reached("IPVS with source NAT", { conntrack: true, natRules: hairpin, boot: { ...allAtBoot, ...boot } });

    it("names each part of hairpin NAT that a reboot removes", () => {
        expect(withHairpin(nothingAtBoot)).toBe("sysctl-not-persistent");
        expect(withHairpin({ module: "missing" })).toBe("module-not-persistent");
        expect(withHairpin({ rules: "missing" })).toBe("rules-not-persistent");
        expect(withHairpin({})).toBe("solved");
    });

    it.each([{ sysctl: "unknown" }, { module: "unknown" }, { rules: "unknown" }] as const)(
        "leaves to lab check --reboot what files do not show: %o",
        (boot) => {
            expect(withHairpin(boot)).toBe("persistence-unknown");
        },
    );

    it("names a certain loss before an uncertain one", () => {
        expect(withHairpin({ sysctl: "unknown", rules: "missing" })).toBe("rules-not-persistent");
    });

    it("names the rules of DNAT and of a reverse proxy, and no sysctl", () => {
        for (const way of ["DNAT on lb", "process on lb"] as const) {
            expect(reached(way)).toBe("rules-not-persistent");
            expect(reached(way, { boot: { ...nothingAtBoot, rules: "set" } })).toBe("solved");
        }
        expect(reached("process on lb", { boot: { ...allAtBoot, proxies: "unknown" } })).toBe("persistence-unknown");
    });

    it.each(["another address", "past lb", "IPVS"] as const)(
        "is solved for the way %s, in which lb has no part",
        (way) => {
            expect(reached(way)).toBe("solved");
        },
    );
});
