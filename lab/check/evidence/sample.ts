import { createHash } from "node:crypto";
import { addressPlan } from "../../../infra/config/address-plan";
import { readConfigFile } from "../../../infra/config/config-files";
import type { SectionOutput } from "../../lib/framed-script";
import { fingerprintOf } from "./acme-server";
import type { ClusterObject, Evidence, HttpExchange, Probe } from "./evidence";
import { examinedPrograms } from "./integrity";
import { challengePrefix } from "./probe";

/** Hand-made evidence for unit tests: a solved lab, and functions that change it. */

const plan = addressPlan();
const configuration = readConfigFile("lb-config/base/etc/keepalived/keepalived.conf", plan);
const digest = (text: string) => createHash("sha256").update(text).digest("hex");

export const unknownPath = `${challengePrefix}0123456789abcdef`;

const section = (text: string, exitCode = 0): SectionOutput => ({ exitCode, text, truncated: false });

export const programs = examinedPrograms.map((path) => `${digest(path)}  ${path}`).join("\n");

const page = "<title>Welcome to nginx!</title>\n\nHTTPS 192.168.20.1 0";

export const ipvs = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  C0A81401:0050 rr 
  -> C0A81482:0050      Masq    1      0          1         
  -> C0A81483:0050      Masq    1      0          1         
TCP  C0A81401:01BB rr 
  -> C0A81482:01BB      Masq    1      0          0         
  -> C0A81483:01BB      Masq    1      0          0         
`;

const hexadecimal = (address: string, port: number) =>
    `${Buffer.from(address.split(".").map(Number)).toString("hex").toUpperCase()} ${port.toString(16).padStart(4, "0").toUpperCase()}`;

/** A line of /proc/net/ip_vs_conn for a request from a node. */
export const virtualConnection = (
    node: "k8s-worker1" | "k8s-worker2",
    port: number,
    server: "k8s-worker1" | "k8s-worker2",
) =>
    `TCP ${hexadecimal(plan.machines[node], port)} ${hexadecimal(plan.vip, 80)} ${hexadecimal(plan.machines[server], 80)} TIME_WAIT 100\n`;

/** A line of `conntrack -L` for a request from a node to the VIP. */
export const trackedConnection = (
    node: "k8s-worker1" | "k8s-worker2",
    port: number,
    reply: { source: string; sourcePort?: number; destination?: string },
) => {
    const source = plan.machines[node];
    const { sourcePort = 80, destination = plan.clusterGateway } = reply;
    return (
        `tcp 6 100 TIME_WAIT src=${source} dst=${plan.vip} sport=${port} dport=80 ` +
        `src=${reply.source} dst=${destination} sport=${sourcePort} dport=${port} [ASSURED] mark=0 use=1\n`
    );
};

/** The ingress controllers redirect every path but those of pending challenges. */
export const exchange = (changes: Partial<HttpExchange> = {}): HttpExchange => ({
    path: unknownPath,
    exitCode: 0,
    error: "",
    status: 302,
    body: "",
    location: `https://www.ictsc.test${unknownPath}`,
    remoteAddress: plan.vip,
    localPort: 20001,
    seconds: 0.1,
    ...changes,
});

export const timeout = (changes: Partial<HttpExchange> = {}): HttpExchange =>
    exchange({ exitCode: 28, error: "Connection timed out", status: 0, location: "", remoteAddress: "", ...changes });

export const probe = (changes: Partial<Probe> = {}): Probe => ({
    node: "k8s-worker1",
    pod: "cert-manager-5d7f",
    selfCheck: true,
    when: "2026-11-26T12:00:00.000Z",
    addresses: [plan.vip],
    exchanges: [20000, 20001, 20002].map((localPort) => exchange({ localPort })),
    ...changes,
});

export const object = (
    kind: string,
    name: string,
    fields: Record<string, unknown> = {},
    metadata: object = {},
): ClusterObject => ({
    apiVersion: "v1",
    kind,
    ...fields,
    metadata: {
        name,
        namespace: "default",
        uid: `uid-${kind}-${name}`,
        labels: {},
        annotations: {},
        ownerReferences: [],
        ...metadata,
    },
});

const ready = (status: string, message = "") => ({ conditions: [{ type: "Ready", status, message }] });

export const certificate = (status = "True", issuerRef = { kind: "ClusterIssuer", name: "ictsc-acme" }) =>
    object("Certificate", "www-ictsc-test-tls", { spec: { issuerRef }, status: ready(status, "Issuing certificate") });

/** Self-signed for www.ictsc.test, valid until 2126; its key was deleted. */
export const leaf = `-----BEGIN CERTIFICATE-----
MIIBpDCCAUqgAwIBAgIUQ9vJyCFsPJxBcDGkk9n2Ip+TT44wCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOd3d3LmljdHNjLnRlc3QwIBcNMjYxMTI2MTUzNzQ3WhgPMjEy
NjExMDIxNTM3NDdaMBkxFzAVBgNVBAMMDnd3dy5pY3RzYy50ZXN0MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEPYHuO9kWVYg38TGlpD+ads2dk1/FhM+yG8Ab9wlv
DkYBkSIIGBbktRXcektaNv6JEzcxSzUQuClar1NpECjehaNuMGwwHQYDVR0OBBYE
FF1IvcE24Ljkmzuv0y1N0pZ/zxymMB8GA1UdIwQYMBaAFF1IvcE24Ljkmzuv0y1N
0pZ/zxymMA8GA1UdEwEB/wQFMAMBAf8wGQYDVR0RBBIwEIIOd3d3LmljdHNjLnRl
c3QwCgYIKoZIzj0EAwIDSAAwRQIgK6hdkt+BvUQLu319cLyOnXzabiZlNQl8w56b
Jq56/u0CIQCfFPQRbaqTQybWEDshv77k18U3zfECPshHBpZNuMXO7g==
-----END CERTIFICATE-----
`;

export const account = "oldest-account";

const accountUri = (id: string) => ({
    status: { acme: { uri: `https://ca.ictsc.test/acme/acme/account/${id}` }, ...ready("True") },
});

export const issuer = (kind: string, name: string, id: string) => object(kind, name, accountUri(id));

/** An image of the machine image, as a pod's status names it. */
const knownImage = `sha256:${digest("image")}`;

const workloadTemplate = (name: string) => ({
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: "main", image: `${name}:1`, args: ["--v=2"] }], serviceAccountName: name },
});

const owner = (one: ClusterObject) => ({ ownerReferences: [{ uid: one.metadata.uid, controller: true }] });

/** A Deployment with its ReplicaSet and its pod. */
export const deployment = (name: string, node: string): ClusterObject[] => {
    const namespace = "cert-manager";
    const template = workloadTemplate(name);
    const spec = { replicas: 1, template };
    const parent = object("Deployment", name, { spec, status: { replicas: 1, readyReplicas: 1 } }, { namespace });
    const replicaSet = object(
        "ReplicaSet",
        `${name}-5d7f`,
        { spec },
        { namespace, ...owner(parent), annotations: { "deployment.kubernetes.io/revision": "1" } },
    );
    return [parent, replicaSet, pod(`${name}-5d7f-x`, namespace, replicaSet, template, node)];
};

const pod = (
    name: string,
    namespace: string,
    parent: ClusterObject,
    template: ReturnType<typeof workloadTemplate>,
    node: string,
) =>
    object(
        "Pod",
        name,
        {
            spec: { ...template.spec, nodeName: node },
            status: {
                phase: "Running",
                podIP: `10.244.1.${name.length}`,
                ...ready("True"),
                containerStatuses: [{ name: "main", containerID: `containerd://${digest(name)}`, imageID: knownImage }],
            },
        },
        { namespace, ...owner(parent), labels: template.metadata.labels },
    );

/** The ingress controller with a pod on each worker. */
export const daemonSet = (): ClusterObject[] => {
    const name = "ingress-controller";
    const template = workloadTemplate(name);
    const status = { desiredNumberScheduled: 2, numberReady: 2 };
    const parent = object("DaemonSet", name, { spec: { template }, status }, { namespace: name });
    const revision = object(
        "ControllerRevision",
        `${name}-1`,
        { data: { spec: { template: { $patch: "replace", ...template } } }, revision: 1 },
        { namespace: name, ...owner(parent) },
    );
    return [
        parent,
        revision,
        ...["k8s-worker1", "k8s-worker2"].map((node) => pod(`${name}-${node}`, name, parent, template, node)),
    ];
};

/** Evidence of a lab that hairpin NAT solved. */
export function solvedEvidence(certificatePem = leaf): Evidence {
    const requests = [20000, 20001, 20002];
    return {
        format: 1,
        when: "2026-11-26T12:00:00.000Z",
        network: plan.network,
        versions: { lab: "0.1.0" },
        expected: {
            rootCertificate: "-----BEGIN CERTIFICATE-----\nROOT\n-----END CERTIFICATE-----\n",
            keepalivedConfiguration: digest(configuration),
            manifests: { "cert-manager.yaml": "1", "root-ca.yaml": "2" },
        },
        machines: {
            host: machine({
                page,
                "contestant-shell": [
                    "lab-shell\nfile\n/usr/bin/curl\nlab-page",
                    "lab-fetched HTTPS 192.168.20.1 0 0\nlab-unverified 60",
                    "lab-environment\nPATH=/usr/bin",
                ].join("\n"),
                hosts: "127.0.0.1 localhost\n",
                environment: "",
                "curl-configuration": "",
                manifests: "1  cert-manager.yaml\n2  root-ca.yaml\n",
                trusted: [digest("debian"), fingerprintOf(Buffer.from("ROOT", "base64"))].join("\n"),
                mounts: "22 1 254:1 / / rw\n23 22 0:21 / /proc rw\n24 22 0:22 / /sys/fs/cgroup rw",
                preload: "",
                programs,
            }),
            "acme-server": machine({
                page,
                units: "active\nactive",
                trusted: digest("debian"),
                images: `docker.io/library/nginx:1\n${knownImage}\n`,
                programs,
            }),
            "k8s-master": machine({}),
            "k8s-worker1": machine({}),
            "k8s-worker2": machine({}),
            lb: machine({
                "keepalived.conf": configuration,
                "keepalived-unit":
                    '[Service]\nExecStart=/usr/sbin/keepalived --dont-fork $DAEMON_ARGS\nDAEMON_ARGS=""\n',
                "keepalived-overrides": "",
                "keepalived-processes":
                    "600 installed own /usr/sbin/keepalived --dont-fork\n601 installed own /usr/sbin/keepalived --dont-fork\n",
                "network-namespace": "",
                ip_vs: ipvs,
                ip_vs_conn: requests
                    .map((port, i) => virtualConnection("k8s-worker1", port, i % 2 ? "k8s-worker1" : "k8s-worker2"))
                    .join(""),
                connections: requests
                    .map((port) => trackedConnection("k8s-worker1", port, { source: plan.machines["k8s-worker2"] }))
                    .join(""),
                "vs-conntrack": "1\n",
                "iptables-nft":
                    "*nat\n-A POSTROUTING -s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.1 -j MASQUERADE\nCOMMIT\n",
                "saved-rules":
                    "*nat\n-A POSTROUTING -s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.1 -j MASQUERADE\nCOMMIT\n",
                "enabled-units": "keepalived.service\nnetfilter-persistent.service\n",
                mentions: [
                    "/etc/sysctl.d/90-hairpin-nat.conf:net.ipv4.vs.conntrack = 1",
                    "/etc/modules-load.d/ip_vs.conf:ip_vs",
                    "/etc/iptables/rules.v4:-A POSTROUTING -j MASQUERADE",
                ].join("\n"),
                mounts: "22 1 254:1 / / rw\n",
                preload: "",
                programs,
            }),
        },
        cluster: {
            when: "2026-11-26T12:00:00.000Z",
            user: "kubernetes-admin",
            unservedKinds: [],
            objects: [
                ...["k8s-master", "k8s-worker1", "k8s-worker2"].map((name) =>
                    object("Node", name, { status: ready("True") }),
                ),
                ...deployment("cert-manager", "k8s-worker1"),
                ...deployment("cert-manager-cainjector", "k8s-worker2"),
                ...deployment("cert-manager-webhook", "k8s-worker2"),
                ...daemonSet(),
                issuer("ClusterIssuer", "ictsc-acme", account),
                certificate(),
                object("Secret", "www-ictsc-test-tls", {
                    data: { "tls.crt": Buffer.from(certificatePem).toString("base64") },
                }),
            ],
            protectedObjects: [
                {
                    name: "ClusterIssuer ictsc-acme",
                    kind: "ClusterIssuer",
                    manifest: "root-ca.yaml",
                    built: { uid: "u1", generation: 1 },
                    live: { uid: "u1", generation: 1 },
                    differences: [],
                },
            ],
        },
        authority: {
            accounts: [{ id: account, created: "2026-11-26T11:00:00Z" }],
            certificates: [
                {
                    fingerprint: fingerprintOf(Buffer.from(certificatePem.split("\n").slice(1, -2).join(""), "base64")),
                    account,
                    order: "order",
                    created: "2026-11-26T11:30:00Z",
                    names: ["www.ictsc.test"],
                    finalizeRequests: [
                        {
                            address: "192.168.20.130",
                            userAgent: "cert-manager-orders/v1.21.2",
                            time: "2026-11-26T11:30:00Z",
                        },
                    ],
                },
            ],
        },
        selfCheck: {
            challenges: [],
            unknownPath,
            references: (["k8s-worker1", "k8s-worker2"] as const).map((node) => ({
                node,
                exchanges: [exchange({ remoteAddress: plan.machines[node] })],
            })),
            probes: [probe()],
        },
    };
}

function machine(sections: Record<string, string>): Evidence["machines"][keyof Evidence["machines"]] {
    return {
        when: "2026-11-26T12:00:00.000Z",
        sections: Object.fromEntries(Object.entries(sections).map(([name, text]) => [name, section(text)])),
    };
}

/** Replaces the text of a section. */
export function withSection(
    evidence: Evidence,
    machineName: keyof Evidence["machines"],
    name: string,
    text: string,
): Evidence {
    const changed = structuredClone(evidence);
    const sections = changed.machines[machineName]?.sections;
    if (sections) {
        sections[name] = section(text);
    }
    return changed;
}
