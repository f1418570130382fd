import { describe, expect, it } from "vitest";
import { longFile } from "../lib/framed-script";
import { evaluate } from "./evaluate";
import { type Evidence, evidenceSchema, type HttpExchange } from "./evidence/evidence";
import {
    account,
    certificate,
    daemonSet,
    deployment,
    exchange,
    ipvs,
    issuer,
    object,
    probe,
    programs,
    solvedEvidence,
    timeout,
    trackedConnection,
    virtualConnection,
    withSection,
} from "./evidence/sample";
import { exitCodeOf, isFinal } from "./outcome";
import { solutionsIn } from "./solution";

/** A part of the evidence is replaced. */
const withPart = <Part extends "cluster" | "authority" | "selfCheck">(
    part: Part,
    changes: Partial<Evidence[Part]>,
): Evidence => ({
    ...solvedEvidence(),
    [part]: { ...solvedEvidence()[part], ...changes },
});

/** Objects are added; those of the same kind and name are replaced. */
const withObjects = (...objects: ReturnType<typeof object>[]) => {
    const isReplaced = (one: ReturnType<typeof object>) =>
        objects.some(({ kind, metadata }) => kind === one.kind && metadata.name === one.metadata.name);
    const { cluster } = solvedEvidence();
    return withPart("cluster", { objects: [...cluster.objects.filter((one) => !isReplaced(one)), ...objects] });
};

const without = (kind: string) =>
    withPart("cluster", { objects: solvedEvidence().cluster.objects.filter((one) => one.kind !== kind) });

const outcomeOf = (check: string, evidence: Evidence) => {
    const outcome = evaluate(evidence).find((one) => one.check === check);
    return { verdict: outcome?.verdict, reason: outcome?.reason ?? "" };
};

it("finds a solved lab solved, and names the solution", () => {
    const evidence = solvedEvidence();
    expect(evaluate(evidence).filter(({ verdict }) => verdict !== "pass")).toEqual([]);
    expect(exitCodeOf(evaluate(evidence))).toBe(0);
    expect(solutionsIn(evidence)).toEqual(["hairpin NAT on lb"]);
});

it("returns the same outcomes for evidence from a file", () => {
    const evidence = withSection(solvedEvidence(), "lb", "ip_vs", "");
    const read = evidenceSchema.parse(JSON.parse(JSON.stringify(evidence)));
    expect(evaluate(read)).toEqual(evaluate(evidence));
});

describe("page", () => {
    const onHost = (text: string) => outcomeOf("page on host", withSection(solvedEvidence(), "host", "page", text));

    it.each([
        ["unsolved", "<title>Welcome to nginx!</title>\nHTTP 192.168.20.1 0"],
        ["unsolved", "<title>Welcome to nginx!</title>\nHTTPS 192.168.20.1 20"],
        ["unsolved", "<title>It works</title>\nHTTPS 192.168.20.1 0"],
        ["constraint broken", "<title>Welcome to nginx!</title>\nHTTPS 192.168.20.130 0"],
    ])("is %s for %s", (verdict, text) => {
        expect(onHost(text).verdict).toBe(verdict);
    });

    it("is unsolved with curl's message", () => {
        const evidence = solvedEvidence();
        const sections = evidence.machines.host?.sections;
        const text = "curl: (60) SSL certificate problem: unable to get local issuer certificate\nMore details here";
        Object.assign(sections ?? {}, { page: { exitCode: 60, text, truncated: false } });
        expect(outcomeOf("page on host", evidence)).toEqual({
            verdict: "unsolved",
            reason: "curl: (60) SSL certificate problem: unable to get local issuer certificate",
        });
    });
});

describe("certificate", () => {
    const check = "certificate is Ready";

    it("must be Ready", () => {
        expect(outcomeOf(check, withObjects(certificate("False"))).verdict).toBe("unsolved");
        expect(outcomeOf(check, without("Certificate")).verdict).toBe("unsolved");
    });

    it.each([
        { kind: "ClusterIssuer", name: "other" },
        { kind: "Issuer", name: "ictsc-acme" },
    ])("must be requested from the problem's issuer, not from %o", (reference) => {
        expect(outcomeOf(check, withObjects(certificate("True", reference))).verdict).toBe("constraint broken");
    });
});

describe("issuance", () => {
    const check = "issued by the lab's authority";
    const [issued] = solvedEvidence().authority.certificates;
    const withIssued = (changes: Partial<NonNullable<typeof issued>>) =>
        withPart("authority", { certificates: issued ? [{ ...issued, ...changes }] : [] });

    it("passes without a CertificateRequest: the secret outlives it when web.yaml is deployed again", () => {
        expect(solvedEvidence().cluster.objects.map(({ kind }) => kind)).not.toContain("CertificateRequest");
        expect(outcomeOf(check, solvedEvidence()).verdict).toBe("pass");
    });

    it("is unsolved without a certificate, and with one that is not in the authority's database", () => {
        expect(outcomeOf(check, without("Secret")).verdict).toBe("unsolved");
        expect(outcomeOf(check, withIssued({ fingerprint: "other" })).verdict).toBe("unsolved");
        expect(outcomeOf(check, withIssued({ names: ["other.ictsc.test"] })).verdict).toBe("unsolved");
    });

    it("does not compare the certificate's validity with this computer's time: the lab's clocks stop with it", () => {
        expect(outcomeOf(check, { ...solvedEvidence(), when: "2200-01-01T00:00:00Z" }).verdict).toBe("pass");
    });

    it("finds a certificate that was ordered with another account", () => {
        expect(outcomeOf(check, withIssued({ account: "other" }))).toMatchObject({
            verdict: "constraint broken",
            reason: expect.stringContaining("another account"),
        });
    });

    it("accepts the account that cert-manager registered when its key was deleted", () => {
        const evidence = withObjects(issuer("ClusterIssuer", "ictsc-acme", "second"));
        expect(outcomeOf(check, evidence).verdict).toBe("pass");
        expect(outcomeOf(check, { ...evidence, authority: withIssued({ account: "second" }).authority }).verdict).toBe(
            "pass",
        );
    });

    it("finds another issuer that uses the account, and ignores one that does not", () => {
        expect(outcomeOf(check, withObjects(issuer("Issuer", "ictsc-acme", account)))).toMatchObject({
            verdict: "constraint broken",
            reason: expect.stringContaining("Issuer default/ictsc-acme"),
        });
        expect(outcomeOf(check, withObjects(issuer("Issuer", "test", "another"))).verdict).toBe("pass");
    });

    it.each([
        { address: "192.168.20.20", userAgent: "cert-manager-orders/v1.21.2" },
        { address: "192.168.20.130", userAgent: "certbot/4.0" },
    ])("finds an order that %o finalized", (request) => {
        const evidence = withIssued({ finalizeRequests: [{ ...request, time: "2026-11-26T11:30:00Z" }] });
        expect(outcomeOf(check, evidence).verdict).toBe("constraint broken");
    });

    it("is not evaluated when the database cannot be read", () => {
        expect(outcomeOf(check, withPart("authority", { failure: "no accounts" })).verdict).toBe("not evaluated");
    });
});

describe("self check", () => {
    const check = "self check";
    const withProbes = (...probes: ReturnType<typeof probe>[]) => withPart("selfCheck", { probes });

    it("is unsolved when one of the real servers does not respond", () => {
        const evidence = withProbes(
            probe({ exchanges: [exchange({ localPort: 20001 }), timeout({ localPort: 20002 })] }),
        );
        expect(outcomeOf(check, evidence)).toMatchObject({
            verdict: "unsolved",
            reason: "from k8s-worker1 over 192.168.20.131:80: Connection timed out (1 of 2 requests fail)",
        });
    });

    it("passes over a proxy for the path of challenges that has another response to the front page", () => {
        const page = exchange({ path: "/", status: 301, location: "https://www.ictsc.test/" });
        const { exchanges } = probe();
        expect(outcomeOf(check, withProbes(probe({ exchanges: [page, ...exchanges] }))).verdict).toBe("pass");
    });

    it("is unsolved when it passes from cert-manager's node only", () => {
        const other = probe({
            node: "k8s-worker2",
            pod: "ingress",
            selfCheck: false,
            exchanges: [timeout({ localPort: 20003 })],
        });
        expect(outcomeOf(check, withProbes(probe(), other)).verdict).toBe("unsolved");
    });

    it("is unsolved when another server responds, with any status", () => {
        const webServer = { status: 404, location: "", body: "<center>nginx/1.26.3</center>" };
        for (const response of [webServer, { ...webServer, body: "" }, { status: 200, location: "", body: "ok" }]) {
            expect(outcomeOf(check, withProbes(probe({ exchanges: [exchange(response)] }))).verdict).toBe("unsolved");
        }
    });

    it("has the same reason for requests of another duration", () => {
        const reasonOf = (error: string) =>
            outcomeOf(check, withProbes(probe({ exchanges: [timeout({ error, localPort: 1 })] }))).reason;
        const reason = "from k8s-worker1: Failed to connect to www.ictsc.test port 80: Could not connect to server";
        for (const duration of ["7541 ms", "8714 ms"]) {
            expect(
                reasonOf(`Failed to connect to www.ictsc.test port 80 after ${duration}: Could not connect to server`),
            ).toBe(reason);
        }
    });

    it("is not evaluated until each real server received a request from cert-manager's pod", () => {
        const evidence = withSection(
            solvedEvidence(),
            "lb",
            "ip_vs_conn",
            [20000, 20001, 20002].map((port) => virtualConnection("k8s-worker1", port, "k8s-worker1")).join(""),
        );
        expect(outcomeOf(check, evidence)).toEqual({
            verdict: "not evaluated",
            reason: "IPVS sent no request of cert-manager's pod to 192.168.20.131:80",
        });
        // keepalived has removed the real server.
        const alone = withSection(evidence, "lb", "ip_vs", ipvs.replace(/ {2}-> C0A81483:0050.*\n/, ""));
        expect(outcomeOf(check, alone).verdict).toBe("pass");
    });

    it("is unsolved while an ingress controller is not Ready: its node's requests are missing", () => {
        const [daemon] = daemonSet() as [ReturnType<typeof object>];
        const starting = { ...daemon, status: { desiredNumberScheduled: 2, numberReady: 1 } };
        expect(outcomeOf(check, withObjects(starting))).toMatchObject({
            verdict: "unsolved",
            reason: expect.stringContaining("1 of the ingress controllers are not Ready"),
        });
    });

    it("is not evaluated while a worker does not respond", () => {
        const evidence = solvedEvidence();
        evidence.machines["k8s-worker2"] = { when: "", failure: "no response in time", sections: {} };
        expect(outcomeOf(check, evidence)).toMatchObject({
            verdict: "not evaluated",
            reason: expect.stringContaining("k8s-worker2"),
        });
        expect(exitCodeOf(evaluate(evidence))).toBe(3);
    });

    describe("with a pending challenge", () => {
        const challenge = { path: "/.well-known/acme-challenge/token", key: "token.thumbprint" };
        const solved = { status: 200, body: challenge.key, location: "" };
        /** @param reference the ingress controllers' response @param response the response to the self check */
        const requested = (reference: Partial<HttpExchange>, response: Partial<HttpExchange>) =>
            outcomeOf(
                check,
                withPart("selfCheck", {
                    challenges: [challenge],
                    references: [
                        { node: "k8s-worker1", exchanges: [exchange({ path: challenge.path, ...reference })] },
                    ],
                    probes: [
                        probe({
                            exchanges: [20000, 20001].map((localPort) =>
                                exchange({ path: challenge.path, localPort, ...response }),
                            ),
                        }),
                    ],
                }),
            ).verdict;

        it("requires its response", () => {
            expect(requested(solved, solved)).toBe("pass");
            expect(requested(solved, { ...solved, body: "token.other" })).toBe("unsolved");
            expect(requested(solved, {})).toBe("unsolved");
        });

        it("requires the ingress controllers' response when they do not serve it: of another class, or not created by cert-manager", () => {
            expect(requested({}, {})).toBe("pass");
            expect(requested({}, solved)).toBe("unsolved");
        });
    });

    it("is unsolved without a pod, and not evaluated without requests", () => {
        expect(outcomeOf(check, withPart("selfCheck", { podFailure: "cert-manager has no Ready pod" })).verdict).toBe(
            "unsolved",
        );
        expect(outcomeOf(check, withProbes(probe({ failure: "no response in time" }))).verdict).toBe("not evaluated");
        expect(outcomeOf(check, withProbes()).verdict).toBe("not evaluated");
    });
});

describe("solution", () => {
    const connections = (reply: Parameters<typeof trackedConnection>[2]) =>
        withSection(
            withSection(solvedEvidence(), "lb", "ip_vs_conn", ""),
            "lb",
            "connections",
            [20000, 20001, 20002].map((port) => trackedConnection("k8s-worker1", port, reply)).join(""),
        );

    it.each([
        ["DNAT on lb to a node", connections({ source: "192.168.20.130" })],
        [
            "reverse proxy on lb",
            connections({ source: "192.168.20.1", sourcePort: 8080, destination: "192.168.20.130" }),
        ],
        ["routing or addresses on the nodes", withSection(connections({ source: "" }), "lb", "connections", "")],
        ["routing on the nodes", withSection(solvedEvidence(), "lb", "connections", "")],
        [
            "CoreDNS answering for the site",
            withPart("selfCheck", {
                probes: [
                    probe({
                        addresses: ["10.244.1.9"],
                        exchanges: [exchange({ remoteAddress: "10.244.1.9" })],
                    }),
                ],
            }),
        ],
    ])("is %s", (name, evidence) => {
        expect(solutionsIn(evidence)).toEqual([name]);
        expect(exitCodeOf(evaluate(evidence))).toBe(0);
    });

    it("is none while the self check fails", () => {
        expect(solutionsIn(withPart("selfCheck", { probes: [probe({ exchanges: [timeout()] })] }))).toEqual([]);
    });
});

describe("host environment", () => {
    const check = "host environment";
    const on = (name: string, text: string) =>
        outcomeOf(check, withSection(solvedEvidence(), "host", name, text)).verdict;

    it.each([
        ["hosts", "127.0.0.1 localhost\n# 192.168.20.130 www.ictsc.test\n10.0.0.1 other # www.ictsc.test"],
        ["curl-configuration", "# /home/user/.curlrc\nsilent\nuser-agent = test\nmax-time 10\n--progress-bar\n-sS"],
        ["curl-configuration", "# /home/user/.curlrc\n-AFirefox\n-sSm10\n-ukey:x\n-okept"],
        ["environment", "# http_proxy=http://x\nPATH=/usr/bin\nhttp_proxy="],
        ["environment", 'XDG_CONFIG_HOME="/home/user/.config/"\nSSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt'],
        ["contestant-shell", "lab-environment\nCURL_HOME=/home/user\nSSL_CERT_DIR=/etc/ssl/certs"],
        ["contestant-shell", "hello\nno output of the examination"],
    ])("allows harmless %s", (name, text) => {
        expect(on(name, text)).toBe("pass");
    });

    it.each([
        ["hosts", "192.168.20.130\twww.ictsc.test"],
        ["hosts", "192.168.20.130 a WWW.ICTSC.TEST. b"],
        ...[
            "insecure",
            "-k",
            "-sk",
            "-sSkm10",
            "-xproxy",
            "--insecure",
            "cacert = /tmp/ca",
            "insec",
            "resolve=www.ictsc.test:443:1.2.3.4",
            "proxy: x",
            "-x y",
        ].map((line) => ["curl-configuration", `# /home/user/.curlrc\n${line}`]),
        ["environment", "https_proxy=http://x"],
        ["environment", "XDG_CONFIG_HOME=/tmp"],
        ["environment", "CURL_CA_BUNDLE='/home/user/ca.pem'"],
        ["environment", "export SSL_CERT_FILE=/tmp/ca"],
        ["contestant-shell", "lab-shell\nfile\n/usr/local/bin/curl\nlab-page\n"],
        ["contestant-shell", "lab-shell\nalias\n/usr/bin/curl\nlab-page\nlab-fetched HTTPS 192.168.20.130 0 0\n"],
        [
            "contestant-shell",
            "lab-shell\nalias\n/usr/bin/curl\nlab-page\nlab-fetched HTTPS 192.168.20.1 0 0\nlab-unverified 0",
        ],
        ["contestant-shell", "lab-environment\nLD_PRELOAD=/tmp/x.so"],
        ["preload", "/tmp/x.so"],
        ["trusted", "an unknown certificate"],
        ["mounts", "22 1 254:1 / / rw\n40 22 0:30 /x /usr/bin/curl rw"],
        ["programs", programs.replace(/^\S+ (?= ?\/usr\/bin\/curl$)/m, `${"0".repeat(64)} `)],
        ["programs", ""],
    ])("finds %s: %s", (name, text) => {
        expect(on(name, text)).toBe("constraint broken");
    });

    it.each([
        ["hosts", { exitCode: longFile, truncated: false }],
        ["curl-configuration", { exitCode: 2, truncated: false }],
        ["trusted", { exitCode: 0, truncated: true }],
    ])("is not evaluated with a part of the section %s", (name, output) => {
        const evidence = solvedEvidence();
        Object.assign(evidence.machines.host?.sections[name] ?? {}, output);
        expect(outcomeOf(check, evidence)).toEqual({
            verdict: "not evaluated",
            reason: `host did not return all of the section ${name}`,
        });
    });

    it("is not evaluated without host's output", () => {
        const evidence = solvedEvidence();
        evidence.machines.host = { when: "", failure: "no marker", sections: {} };
        expect(outcomeOf(check, evidence)).toMatchObject({
            verdict: "not evaluated",
            reason: expect.stringContaining("no marker"),
        });
    });
});

describe("keepalived", () => {
    const check = "keepalived";
    const on = (name: string, text: string) => outcomeOf(check, withSection(solvedEvidence(), "lb", name, text));

    it.each([
        ["keepalived.conf", "# edited"],
        ["keepalived-overrides", "/etc/systemd/system/keepalived.service.d/x.conf"],
        ["keepalived-unit", "ExecStart=/usr/local/sbin/keepalived --dont-fork"],
        ["keepalived-unit", 'ExecStart=/usr/sbin/keepalived --dont-fork $DAEMON_ARGS\nDAEMON_ARGS="-f /tmp/x"'],
        ["keepalived-unit", "ExecStart=/usr/sbin/keepalived --dont-fork $DAEMON_ARGS\nLD_PRELOAD=/tmp/x.so"],
        ["mounts", "40 22 0:30 /x /proc/net/ip_vs rw"],
        ["mounts", "40 22 0:30 /x /etc/keepalived rw"],
        ["programs", programs.replaceAll("/usr/sbin/keepalived", "/usr/sbin/other")],
        ["programs", programs.replace(/^\S+(?=.*keepalived\.service$)/m, "0".repeat(64))],
        ["preload", "/tmp/x.so"],
    ])("finds %s: %s", (name, text) => {
        expect(on(name, text).verdict).toBe("constraint broken");
        expect(isFinal(evaluate(withSection(solvedEvidence(), "lb", name, text)))).toBe(true);
    });

    it.each([
        ["a stopped keepalived", "keepalived-processes", ""],
        ["another program", "keepalived-processes", "600 another own /usr/sbin/keepalived --dont-fork"],
        ["another network", "keepalived-processes", "600 installed another /usr/sbin/keepalived --dont-fork"],
        ["other options", "keepalived-processes", "600 installed own /usr/sbin/keepalived --dont-fork -f /tmp/x"],
        ["a keepalived that systemd is starting", "keepalived-processes", "600 starting own (keepalived)\n"],
        ["an empty table, with any output of the programs on lb", "ip_vs", ""],
        ["a service without one of its healthy servers", "ip_vs", ipvs.replace(/ {2}-> C0A81482:0050.*\n/, "")],
        ["an added server", "ip_vs", ipvs.replace("C0A81482:0050", "C0A81481:0050")],
        ["another forwarding mode", "ip_vs", ipvs.replace("Masq", "Route")],
        ["another weight", "ip_vs", ipvs.replace("Masq    1", "Masq    0")],
        ["an added service", "ip_vs", `${ipvs}TCP  C0A81401:1F90 rr \n`],
        ["another scheduler", "ip_vs", ipvs.replace("rr ", "sh ")],
    ])("finds %s, unless it is over in a moment", (_, name, text) => {
        expect(on(name, text).verdict).toBe("constraint broken");
        expect(isFinal(evaluate(withSection(solvedEvidence(), "lb", name, text)))).toBe(false);
    });

    it("allows real servers to be missing to which lb cannot connect: keepalived removed them", () => {
        const empty = withSection(solvedEvidence(), "lb", "ip_vs", ipvs.replaceAll(/ {2}-> C0A8148.*\n/g, ""));
        expect(outcomeOf(check, withSection(empty, "lb", "health-check", ""))).toMatchObject({ verdict: "pass" });
        expect(outcomeOf(check, withSection(empty, "lb", "health-check", "192.168.20.131:443\n"))).toEqual({
            verdict: "constraint broken",
            reason: "IPVS' table is not keepalived's: 192.168.20.1:443 lacks 192.168.20.131:443, which is healthy",
        });
    });

    it("allows a real server to be missing that does not respond to the other worker either", () => {
        const evidence = withSection(solvedEvidence(), "lb", "ip_vs", ipvs.replace(/ {2}-> C0A81482:0050.*\n/, ""));
        evidence.selfCheck.references = evidence.selfCheck.references.map((reference) =>
            reference.node === "k8s-worker1" ? { ...reference, exchanges: [timeout()] } : reference,
        );
        expect(outcomeOf(check, evidence).verdict).toBe("pass");
    });

    it("allows keepalived beside a process that systemd is starting for it", () => {
        const processes = "600 installed own /usr/sbin/keepalived --dont-fork\n650 starting own (keepalived)\n";
        expect(on("keepalived-processes", processes).verdict).toBe("pass");
    });

    it("is not evaluated, and not unchanged, without lb's output", () => {
        const evidence = solvedEvidence();
        delete evidence.machines.lb?.sections.ip_vs;
        expect(outcomeOf(check, evidence).verdict).toBe("not evaluated");
    });
});

describe("manifests on host", () => {
    it.each(["1  cert-manager.yaml\n3  root-ca.yaml", "1  cert-manager.yaml", ""])(
        "finds changed or missing ones: %s",
        (digests) => {
            const evidence = withSection(solvedEvidence(), "host", "manifests", digests);
            expect(outcomeOf("manifests on host", evidence).verdict).toBe("constraint broken");
        },
    );
});

describe("deployed objects", () => {
    const [protectedObject] = solvedEvidence().cluster.protectedObjects;
    const withProtected = (changes: Partial<NonNullable<typeof protectedObject>>) =>
        outcomeOf(
            "deployed objects",
            withPart("cluster", { protectedObjects: protectedObject ? [{ ...protectedObject, ...changes }] : [] }),
        );

    it.each([
        [
            "a changed field",
            { differences: [{ path: "spec.acme.server", expected: '"a"', found: '"b"' }] },
            "spec.acme.server",
        ],
        ["a deleted object", { live: undefined }, "was deleted"],
        ["an object that was created again", { live: { uid: "u2", generation: 1 } }, "created again"],
        ["a change that was undone", { live: { uid: "u1", generation: 3 } }, "changed for some time"],
    ])("finds %s", (_, changes, reason) => {
        expect(withProtected(changes)).toMatchObject({
            verdict: "constraint broken",
            reason: expect.stringContaining(reason),
        });
    });

    it("allows restarts and scaling of a Deployment", () => {
        const differences = [{ path: "spec.replicas", expected: "1", found: "0" }];
        expect(withProtected({ kind: "Deployment", live: { uid: "u1", generation: 5 }, differences }).verdict).toBe(
            "pass",
        );
    });

    it("needs no record of the object as built", () => {
        expect(withProtected({ built: undefined }).verdict).toBe("pass");
    });

    it("finds that the definitions of cert-manager were deleted", () => {
        const evidence = withPart("cluster", {
            unservedKinds: ["Certificate", "ClusterIssuer"],
            protectedObjects: protectedObject ? [{ ...protectedObject, live: undefined }] : [],
        });
        expect(exitCodeOf(evaluate(evidence))).toBe(2);
    });
});

describe("workloads", () => {
    const check = "workloads";
    const [parent, replicaSet, pod] = deployment("cert-manager", "k8s-worker1") as [
        ReturnType<typeof object>,
        ReturnType<typeof object>,
        ReturnType<typeof object>,
    ];
    const revision = (number: number, change: (spec: Record<string, unknown>) => void = () => {}, history = "") => {
        const copy = structuredClone(replicaSet) as typeof replicaSet & { spec: { template: Record<string, never> } };
        copy.metadata.name = `cert-manager-${number}`;
        copy.metadata.annotations = {
            "deployment.kubernetes.io/revision": `${number}`,
            ...(history ? { "deployment.kubernetes.io/revision-history": history } : {}),
        };
        change(copy.spec.template);
        return copy;
    };

    it("allows a restart, and the template that a rollback made current again", () => {
        const restarted = revision(2, (template) => {
            Object.assign(template.metadata as object, {
                annotations: { "kubectl.kubernetes.io/restartedAt": "2026-11-26T12:00:00Z" },
                labels: { app: "cert-manager", "pod-template-hash": "abc" },
            });
        });
        expect(outcomeOf(check, withObjects(restarted)).verdict).toBe("pass");
        expect(
            outcomeOf(check, withPart("cluster", { objects: [parent, revision(2), revision(3, undefined, "1")] }))
                .verdict,
        ).toBe("pass");
    });

    it("finds a template that was changed and changed back", () => {
        const changed = revision(2, (template) => {
            Object.assign(template.spec as object, {
                hostAliases: [{ ip: "192.168.20.130", hostnames: ["www.ictsc.test"] }],
            });
        });
        expect(outcomeOf(check, withObjects(changed))).toMatchObject({
            verdict: "constraint broken",
            reason: expect.stringContaining("spec.hostAliases"),
        });
    });

    it("finds an image that is not the machine image's, and waits for a container that does not run yet", () => {
        const running = (imageID: string) =>
            outcomeOf(check, withObjects({ ...pod, status: { containerStatuses: [{ name: "controller", imageID }] } }));
        expect(running("").verdict).toBe("pass");
        expect(running("sha256:0123")).toEqual({
            verdict: "constraint broken",
            reason: `Pod ${pod.metadata.name}: controller runs the unknown image sha256:0123`,
        });
    });

    it("is not evaluated without acme-server's list of images", () => {
        const evidence = solvedEvidence();
        delete evidence.machines["acme-server"]?.sections.images;
        expect(outcomeOf(check, evidence).verdict).toBe("not evaluated");
        const changed = withObjects(revision(3));
        delete changed.machines["acme-server"]?.sections.images;
        expect(outcomeOf(check, changed).verdict).toBe("constraint broken");
    });

    it("finds the gap that a deleted ReplicaSet leaves", () => {
        expect(outcomeOf(check, withObjects(revision(3)))).toMatchObject({
            verdict: "constraint broken",
            reason: expect.stringContaining("revision 2 was deleted"),
        });
    });

    it.each(["x", "-1", "4294967296", "1e9"])("finds a changed revision: %s", (text) => {
        const changed = revision(1);
        changed.metadata.annotations["deployment.kubernetes.io/revision"] = text;
        expect(outcomeOf(check, withPart("cluster", { objects: [parent, changed] }))).toEqual({
            verdict: "constraint broken",
            reason: `Deployment cert-manager: the revision of a ReplicaSet was changed to ${text}`,
        });
    });

    it("finds a ControllerRevision whose data is not the DaemonSet's", () => {
        const [daemon, controllerRevision] = daemonSet() as [ReturnType<typeof object>, ReturnType<typeof object>];
        const { ownerReferences } = controllerRevision.metadata;
        for (const data of [{}, { spec: { template: { spec: { containers: [] } } } }, undefined]) {
            const forged = object("ControllerRevision", "forged", { data }, { namespace: "x", ownerReferences });
            expect(outcomeOf(check, withPart("cluster", { objects: [daemon, forged] }))).toMatchObject({
                verdict: "constraint broken",
                reason: expect.stringContaining("had another template in forged"),
            });
        }
    });

    it("finds that a DaemonSet's former ControllerRevision was deleted, and allows a restart that was undone", () => {
        const [daemon, first] = daemonSet() as [ReturnType<typeof object>, ReturnType<typeof object>];
        const third = { ...first, revision: 3 };
        const restarted = { ...first, revision: 2, metadata: { ...first.metadata, name: "restarted" } };
        expect(outcomeOf(check, withPart("cluster", { objects: [daemon, third, restarted] })).verdict).toBe("pass");
        expect(outcomeOf(check, withPart("cluster", { objects: [daemon, third] }))).toMatchObject({
            verdict: "constraint broken",
            reason: expect.stringContaining("was deleted"),
        });
    });

    it("allows more restarts than a Deployment keeps", () => {
        const kept = Array.from({ length: 11 }, (_, i) => revision(i + 5));
        const others = solvedEvidence().cluster.objects.filter(
            ({ metadata }) => metadata.name !== replicaSet.metadata.name,
        );
        expect(outcomeOf(check, withPart("cluster", { objects: [...others, ...kept] })).verdict).toBe("pass");
    });

    it("finds a pod that differs from its template", () => {
        const changed = structuredClone(pod) as typeof pod & { spec: { containers: object[] } };
        Object.assign(changed.spec.containers[0] ?? {}, { image: "another:1" });
        expect(outcomeOf(check, withObjects(changed))).toMatchObject({
            verdict: "constraint broken",
            reason: expect.stringContaining("main.image"),
        });
    });

    it("waits for a scaled Deployment", () => {
        const scaled = { ...parent, spec: { ...(parent.spec as object), replicas: 0 } };
        const outcomes = evaluate(withObjects(scaled));
        expect(exitCodeOf(outcomes)).toBe(2);
        expect(isFinal(outcomes)).toBe(false);
    });
});

describe("admission", () => {
    const policy = (kind: string, apiGroups: string[]) =>
        kind.endsWith("Policy")
            ? object(kind, "mine", { spec: { matchConstraints: { resourceRules: [{ apiGroups, resources: ["*"] }] } } })
            : object(kind, "mine", { webhooks: [{ rules: [{ apiGroups, resources: ["*"] }] }] });

    it.each([
        ["MutatingAdmissionPolicy", ["apps"]],
        ["ValidatingAdmissionPolicy", ["acme.cert-manager.io"]],
        ["MutatingWebhookConfiguration", ["*"]],
        ["ValidatingWebhookConfiguration", [""]],
        ["ValidatingWebhookConfiguration", ["batch", "networking.k8s.io"]],
    ])("finds an added %s for %s", (kind, groups) => {
        expect(outcomeOf("admission", withObjects(policy(kind, groups))).verdict).toBe("constraint broken");
    });

    it("ignores what concerns other groups only", () => {
        for (const group of ["batch", "metallb.io", "not-cert-manager.io"]) {
            const evidence = withObjects(policy("MutatingAdmissionPolicy", [group]));
            expect(outcomeOf("admission", evidence).verdict).toBe("pass");
        }
    });
});

describe("a cluster that cannot be read", () => {
    const failed = (kind: "unreachable" | "refused") =>
        withPart("cluster", { failure: { kind, message: "HTTP 403" }, objects: [], protectedObjects: [] });

    it("is a broken constraint when the grader's access was revoked, unless it is over in a moment", () => {
        expect(exitCodeOf(evaluate(failed("refused")))).toBe(2);
        expect(isFinal(evaluate(failed("refused")))).toBe(false);
    });

    it("is not evaluated when the API server does not respond", () => {
        expect(exitCodeOf(evaluate(failed("unreachable")))).toBe(3);
    });
});

it("evaluates the other checks when the evidence of one has an unknown form", () => {
    const evidence = withObjects(object("Certificate", "www-ictsc-test-tls", { spec: {} }));
    expect(outcomeOf("certificate is Ready", evidence)).toMatchObject({
        verdict: "not evaluated",
        reason: expect.stringContaining("unknown form"),
    });
    expect(outcomeOf("workloads", evidence).verdict).toBe("pass");
});

describe("text of a machine", () => {
    it("is shown without escape sequences, in one line", () => {
        const text = "curl: (6) \u001b[31mred\u001b[0m\u202e <script>";
        const evidence = solvedEvidence();
        Object.assign(evidence.machines.host?.sections ?? {}, { page: { exitCode: 6, text, truncated: false } });
        const { reason } = outcomeOf("page on host", evidence);
        expect(reason).toMatch(/^[\x20-\x7e]*$/);
    });
});
