import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import {
    type AddressPlan,
    addressPlan,
    domain,
    type MachineName,
    type NodeName,
    workerNames,
} from "../../../infra/config/address-plan";
import { readConfigFile, repositoryRoot } from "../../../infra/config/config-files";
import { manifestText, protectedManifestNames } from "../../../infra/workloads/manifest-files";
import packageFile from "../../../package.json";
import { failureReason } from "../../lib/failure";
import { framedScript, parseFrames, type Section } from "../../lib/framed-script";
import { withoutPrivateKeys } from "../../lib/redact";
import { run } from "../../lib/run";
import type { Machines } from "../../lib/ssh";
import type { LabStack, Stack } from "../../lib/stack";
import { parseVirtualConnections } from "../../lib/virtual-servers";
import { acmeServerSections, certificatesIn, fingerprintOf, parseAuthority, readRootCertificate } from "./acme-server";
import { type ClusterClient, clusterClient, gatherCluster, isRefusal, unreadCluster } from "./cluster";
import {
    type ClusterEvidence,
    type Evidence,
    evidenceFormat,
    evidenceSchema,
    type HttpExchange,
    type MachineEvidence,
    type Probe,
    type SelfCheckEvidence,
} from "./evidence";
import { hostSections } from "./host";
import { keepalivedConfiguration, loadBalancerSections } from "./load-balancer";
import { type RunningPod, runningPods, workload } from "./pods";
import {
    challengePrefix,
    noContainer,
    type ProbeRequest,
    parseAddresses,
    parseExchange,
    probeScript,
    referenceSections,
    sourcePorts,
} from "./probe";
import { identitiesAsBuilt, type ManifestObject, readProtectedObjects, withRootCertificate } from "./protected-objects";

/** Seconds for the examination of a machine; an emulated and busy one needs up to ten. */
const machineDeadline = 90;

/** Requests of a challenge's path from cert-manager's pod in one round, and from a pod on each other worker. */
const requestsPerRound = { selfCheck: 4, others: 2 };

const workerSections: Section[] = [
    { name: "boot", commands: "kernelFile /proc/sys/kernel/random/boot_id", builtin: true },
];

/** Rounds of requests until each real server has received one from cert-manager's pod. */
const maximumRounds = 3;

export interface GatherOptions {
    /** Default: no identities as built; acme-server returns the root certificate. */
    stack?: Pick<Stack, "deployment">;
}

/**
 * Examines a lab once: the machines and the cluster at the same time, then requests from pods, then lb. Nothing is changed.
 * A part that fails is missing from the evidence, with the reason.
 */
export async function gather(machines: Machines, outputs: LabStack, { stack }: GatherOptions = {}): Promise<Evidence> {
    const plan = addressPlan(outputs.network);
    const built = stack ? identitiesAsBuilt(stack) : new Map();
    const rootCertificate = (stack && recordedRootCertificate(stack)) ?? (await currentRootCertificate(machines));
    const wanted = withRootCertificate(readProtectedObjects(), rootCertificate);

    const path = readCluster(machines, outputs, wanted, built).then(async (cluster) => ({
        cluster,
        ...(await examinePath(machines, plan, cluster)),
    }));
    // Examining the workers opens the connections for the requests from pods.
    const [host, acmeServer, worker1, worker2, { cluster, master, selfCheck, lb }] = await Promise.all([
        examine(machines, "host", hostSections(plan, rootCertificate)),
        examine(machines, "acme-server", acmeServerSections(plan, rootCertificate)),
        examine(machines, "k8s-worker1", workerSections),
        examine(machines, "k8s-worker2", workerSections),
        path,
        machines.open("lb"),
        machines.open("k8s-master"),
    ]);
    const authority = parseAuthority(acmeServer.sections.database, acmeServer.sections.requests);
    // `authority` contains the part that a bundle keeps.
    delete acmeServer.sections.database;
    const evidence: Evidence = {
        format: evidenceFormat,
        when: new Date().toISOString(),
        network: plan.network,
        versions: await versions(),
        expected: {
            rootCertificate,
            keepalivedConfiguration: digest(readConfigFile(`lb-config/base${keepalivedConfiguration}`, plan)),
            manifests: Object.fromEntries(
                protectedManifestNames.map((name) => [name, digest(manifestText(name, rootCertificate))]),
            ),
        },
        machines: {
            host: withFingerprints(host),
            "acme-server": withFingerprints(acmeServer),
            "k8s-master": master,
            "k8s-worker1": worker1,
            "k8s-worker2": worker2,
            lb,
        },
        cluster,
        authority,
        selfCheck,
    };
    return evidenceSchema.parse(JSON.parse(withoutPrivateKeys(JSON.stringify(evidence))));
}

/** Runs the sections on a machine, in one session. */
async function examine(machines: Machines, machine: MachineName, sections: Section[]): Promise<MachineEvidence> {
    const script = framedScript(sections);
    const result = await machines.run(machine, script.command, { deadline: machineDeadline });
    const frames = parseFrames(result.stdout, script);
    return {
        when: result.when,
        failure: frames.complete ? undefined : incompleteReason(result, Object.keys(frames.sections).length),
        sections: frames.sections,
    };
}

/** The reason why a framed script has no complete output. */
function incompleteReason(result: Awaited<ReturnType<Machines["run"]>>, sections: number): string {
    if (
        result.exitCode === undefined ||
        result.exitCode === 255 ||
        (result.exitCode !== 0 && sections === 0 && result.stderr)
    ) {
        return failureReason(result);
    }
    return sections === 0
        ? "the examination printed no marker: a startup file of root's shell or a program of the machine replaces it"
        : "the examination ended early";
}

async function readCluster(
    machines: Machines,
    outputs: LabStack,
    wanted: ManifestObject[],
    built: ReturnType<typeof identitiesAsBuilt>,
): Promise<ClusterEvidence> {
    const read = async (user: NonNullable<ClusterEvidence["user"]>, kubeconfig: string): Promise<ClusterEvidence> => {
        let client: ClusterClient | undefined;
        try {
            client = clusterClient(kubeconfig);
            return { ...(await gatherCluster(client, wanted, built)), user };
        } finally {
            client?.close();
        }
    };
    try {
        return await read("kubernetes-admin", outputs.kubeconfig).catch(async (error: unknown) => {
            if (!isRefusal(error)) {
                throw error;
            }
            // No authorization rule can deny the group of this certificate. https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/
            const { exitCode, stdout } = await machines.run(
                "k8s-master",
                "/usr/bin/cat /etc/kubernetes/super-admin.conf",
            );
            if (exitCode !== 0) {
                throw error;
            }
            return await read("kubernetes-super-admin", stdout);
        });
    } catch (error) {
        return unreadCluster(error);
    }
}

/** Requests from pods and, for comparison, to the ingress controllers; then lb, whose tables have their connections. */
async function examinePath(machines: Machines, plan: AddressPlan, cluster: ClusterEvidence) {
    const unknownPath = `${challengePrefix}${randomBytes(16).toString("hex")}`;
    const challenges = pendingChallenges(cluster);
    const paths = challenges.length > 0 ? challenges.map(({ path }) => path) : [unknownPath];
    const master = examine(
        machines,
        "k8s-master",
        workerNames.flatMap((name) => referenceSections(name, plan.machines[name], paths)),
    );
    const pods = podsToProbe(cluster);
    const probes: Probe[] = [];
    const ports: number[] = [];
    let lb: MachineEvidence | undefined;
    for (let round = 0; round < maximumRounds; round++) {
        const made = await Promise.all(
            pods.map(({ pod, selfCheck }) => probe(machines, pod, selfCheck, requestsFrom(paths, selfCheck))),
        );
        probes.push(...made);
        ports.push(...made.flatMap(({ exchanges }) => exchanges.map(({ localPort }) => localPort)));
        const sections = round === 0 ? loadBalancerSections(ports) : connectionSections(ports);
        const examined = await examine(machines, "lb", sections);
        lb = lb ? { ...lb, sections: { ...lb.sections, ...examined.sections } } : examined;
        if (isCovered(plan, probes, lb)) {
            break;
        }
    }
    const examinedMaster = await master;
    return {
        master: examinedMaster,
        lb: lb as MachineEvidence,
        selfCheck: {
            podFailure: pods.some(({ selfCheck }) => selfCheck) ? undefined : podFailure(cluster),
            challenges,
            unknownPath,
            references: workerNames.map((node) => ({
                node,
                exchanges: paths.flatMap(
                    (path, i) => parseExchange(path, examinedMaster.sections[`${node}-${i}`]) ?? [],
                ),
            })),
            probes,
        },
    };
}

/** The sections of lb that each round of requests changes. */
function connectionSections(ports: number[]): Section[] {
    return loadBalancerSections(ports).filter(({ name }) => ["ip_vs_conn", "connections"].includes(name));
}

function requestsFrom(paths: string[], selfCheck: boolean): ProbeRequest[] {
    const count = selfCheck ? requestsPerRound.selfCheck : requestsPerRound.others;
    const requested = paths.flatMap((path) => Array<string>(count).fill(path));
    return sourcePorts(requested.length).map((port, i) => ({ path: requested[i] ?? "/", port }));
}

/** cert-manager's pods, and an ingress controller's pod on each other worker: cert-manager may be scheduled there. */
function podsToProbe({ objects }: ClusterEvidence): { pod: RunningPod; selfCheck: boolean }[] {
    const podsOfWorkload = (object: ReturnType<typeof workload>) => (object ? runningPods(objects, object) : []);
    const controllers = podsOfWorkload(workload(objects, "Deployment", "cert-manager")).slice(0, 2);
    const others = podsOfWorkload(workload(objects, "DaemonSet", "ingress-controller")).filter(
        ({ node }) => !controllers.some((controller) => controller.node === node),
    );
    return [
        ...controllers.map((pod) => ({ pod, selfCheck: true })),
        ...others.slice(0, workerNames.length).map((pod) => ({ pod, selfCheck: false })),
    ];
}

function podFailure(cluster: ClusterEvidence): string {
    return cluster.failure ? `the cluster cannot be read: ${cluster.failure.message}` : "cert-manager has no Ready pod";
}

async function probe(
    machines: Machines,
    pod: RunningPod,
    selfCheck: boolean,
    requests: ProbeRequest[],
): Promise<Probe> {
    const script = probeScript(pod.containerId, requests);
    const result = await machines.run(pod.node, script.command, { deadline: machineDeadline });
    const { sections, complete } = parseFrames(result.stdout, script);
    return {
        node: pod.node as NodeName,
        pod: pod.name,
        selfCheck,
        when: result.when,
        failure: complete
            ? undefined
            : result.exitCode === noContainer
              ? "its container does not run any more"
              : failureReason(result),
        addresses: parseAddresses(sections.addresses),
        exchanges: requests.flatMap(({ path, port = 0 }, i): HttpExchange[] => {
            const exchange = parseExchange(path, sections[`request-${i}`]);
            // Without a connection curl reports the port -1.
            return exchange ? [{ ...exchange, localPort: exchange.localPort > 0 ? exchange.localPort : port }] : [];
        }),
    };
}

/** Whether every real server received a request from cert-manager's pod; true when lb's IPVS received none. */
function isCovered(plan: AddressPlan, probes: Probe[], lb: MachineEvidence): boolean {
    const ports = probes
        .filter(({ selfCheck }) => selfCheck)
        .flatMap(({ exchanges }) => exchanges.map(({ localPort }) => localPort));
    const connections = parseVirtualConnections(lb.sections.ip_vs_conn?.text ?? "").filter(
        ({ client, virtual }) => virtual === `${plan.vip}:80` && ports.includes(Number(client.split(":")[1])),
    );
    const failed = probes.some(({ exchanges }) => exchanges.some(({ exitCode }) => exitCode !== 0));
    const servers = new Set(connections.map(({ realServer }) => realServer));
    return failed || connections.length === 0 || servers.size >= workerNames.length;
}

const challengeSchema = z.object({
    spec: z.object({ dnsName: z.literal(`www.${domain}`), token: z.string(), key: z.string() }),
    status: z.object({ state: z.string().default(""), presented: z.literal(true) }),
});

/** Challenges for the site whose response the ingress controllers serve, at most two. */
function pendingChallenges({ objects }: ClusterEvidence): SelfCheckEvidence["challenges"] {
    return objects
        .filter(({ kind }) => kind === "Challenge")
        .flatMap((object) => challengeSchema.safeParse(object).data ?? [])
        .filter(({ status }) => ["", "pending", "processing"].includes(status.state))
        .map(({ spec }) => ({ path: `${challengePrefix}${spec.token}`, key: spec.key }))
        .slice(0, 2);
}

/** The root certificate that the stack's state has; undefined when it has none. */
function recordedRootCertificate({ deployment }: Pick<Stack, "deployment">): string | undefined {
    const resourceSchema = z.object({
        urn: z.string().regex(/root-certificate$/),
        outputs: z.object({ stdout: z.string().startsWith("-----BEGIN CERTIFICATE-----") }),
    });
    const resources = z.array(z.unknown()).catch([]).parse(deployment.deployment.resources);
    return resources.flatMap((resource) => resourceSchema.safeParse(resource).data ?? [])[0]?.outputs.stdout;
}

async function currentRootCertificate(machines: Machines): Promise<string> {
    const { exitCode, stdout } = await machines.run("acme-server", readRootCertificate, { deadline: machineDeadline });
    return exitCode === 0 ? stdout : "";
}

/** Replaces certificates by their fingerprints: a trust store has 300 kB. */
function withFingerprints(machine: MachineEvidence): MachineEvidence {
    const { trusted } = machine.sections;
    if (!trusted) {
        return machine;
    }
    const fingerprints = new Set(certificatesIn(trusted.text).map(fingerprintOf));
    return {
        ...machine,
        sections: { ...machine.sections, trusted: { ...trusted, text: [...fingerprints].sort().join("\n") } },
    };
}

async function versions(): Promise<Record<string, string>> {
    const { exitCode, stdout } = await run("git", ["-C", repositoryRoot, "describe", "--always", "--dirty"], {
        deadline: 10,
    }).catch(() => ({ exitCode: 1, stdout: "" }));
    return {
        lab: packageFile.version,
        node: process.version,
        ...(exitCode === 0 ? { commit: stdout.trim() } : {}),
    };
}

function digest(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}
