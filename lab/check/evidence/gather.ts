import { createHash, randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import {
    type AddressPlan,
    addressPlan,
    domain,
    type MachineName,
    type NodeName,
    type WorkerName,
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
import { parseVirtualConnections, parseVirtualServers } from "../../lib/virtual-servers";
import { acmeServerSections, certificatesIn, fingerprintOf, parseAuthority, readRootCertificate } from "./acme-server";
import { type ClusterClient, clusterClient, gatherCluster, isRefusal, unreadCluster } from "./cluster";
import {
    type ClusterEvidence,
    type Evidence,
    evidenceFormat,
    evidenceSchema,
    type HttpExchange,
    type MachineEvidence,
    noMarkerFailure,
    type Probe,
    type SelfCheckEvidence,
} from "./evidence";
import { hostSections } from "./host";
import {
    absentServers,
    connectionSections,
    healthCheck,
    keepalivedConfiguration,
    loadBalancerSections,
} from "./load-balancer";
import { type RunningPod, runningPods, workload } from "./pods";
import {
    challengePrefix,
    noContainer,
    type ProbeRequest,
    parseAddresses,
    parseExchange,
    probeScript,
    referenceName,
    referenceSections,
    sourcePorts,
} from "./probe";
import { identitiesAsBuilt, type ManifestObject, readProtectedObjects, withRootCertificate } from "./protected-objects";

/** Seconds for the examination of a machine; an emulated and busy one needs up to ten. */
const machineDeadline = 90;

/** Requests of a challenge's path from cert-manager's pod in one round, and from a pod on each other worker. */
const requestsPerRound = { selfCheck: 4, others: 2 };

/** Rounds of requests until each real server has received one from cert-manager's pod. */
const maximumRounds = 3;

/** Seconds for the API server to respond before k8s-master is examined over SSH. */
const clusterPatience = 15;

const boot: Section = { name: "boot", commands: "kernelFile /proc/sys/kernel/random/boot_id", builtin: true };

export interface GatherOptions {
    /** Default: no identities as built; acme-server returns the root certificate. */
    stack?: Pick<Stack, "deployment">;
}

/**
 * Examines a lab once: the machines and the cluster at the same time. As soon as the pods are known, requests are sent from
 * them; then lb's connections are read. Nothing is changed. A part that fails is missing from the evidence, with the reason.
 */
export async function gather(machines: Machines, outputs: LabStack, { stack }: GatherOptions = {}): Promise<Evidence> {
    const plan = addressPlan(outputs.network);
    const built = stack ? identitiesAsBuilt(stack) : new Map();
    const rootCertificate = (stack && recordedRootCertificate(stack)) ?? (await currentRootCertificate(machines));
    const wanted = withRootCertificate(readProtectedObjects(), rootCertificate);
    const unknownPath = `${challengePrefix}${randomBytes(16).toString("hex")}`;

    const { promise: pathObjects, resolve: onPathObjects } = Promise.withResolvers<PathObjects>();
    const reading = readCluster(machines, outputs, { wanted, built, onPathObjects });
    // Examining the workers and lb opens the connections for the requests from pods.
    const [versions, cluster, path, master, host, acmeServer, lb, ...workers] = await Promise.all([
        readVersions(),
        reading,
        pathObjects.then((objects) => examinePath(machines, plan, objects, unknownPath)),
        examineSilentMaster(machines, reading),
        examine(machines, "host", hostSections(plan, rootCertificate)),
        examine(machines, "acme-server", acmeServerSections(plan, rootCertificate)),
        examine(machines, "lb", loadBalancerSections),
        ...workerNames.map((name) => examineWorker(machines, plan, name, [unknownPath])),
    ]);
    const authority = parseAuthority(acmeServer.sections.database, acmeServer.sections.requests);
    // `authority` contains the part that a bundle keeps.
    delete acmeServer.sections.database;
    const evidence: Evidence = {
        format: evidenceFormat,
        when: new Date().toISOString(),
        network: plan.network,
        versions,
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
            ...Object.fromEntries(workers.map(({ name, machine }) => [name, machine])),
            lb: joined(lb, path.lb),
        },
        cluster,
        authority,
        selfCheck: {
            ...path.selfCheck,
            references: [...workers.map(({ reference }) => reference), ...path.selfCheck.references],
        },
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
    return sections === 0 ? noMarkerFailure : "the examination ended early";
}

/** The part of the cluster that the requests from pods depend on. */
type PathObjects = Pick<ClusterEvidence, "objects" | "failure">;

interface ClusterOptions {
    wanted: ManifestObject[];
    built: ReturnType<typeof identitiesAsBuilt>;
    /** Called before the whole cluster is read, or with the reason why it cannot be read. Only the first call counts. */
    onPathObjects: (objects: PathObjects) => void;
}

async function readCluster(
    machines: Machines,
    outputs: LabStack,
    { wanted, built, onPathObjects }: ClusterOptions,
): Promise<ClusterEvidence> {
    const read = async (user: NonNullable<ClusterEvidence["user"]>, kubeconfig: string): Promise<ClusterEvidence> => {
        let client: ClusterClient | undefined;
        try {
            client = clusterClient(kubeconfig);
            const cluster = await gatherCluster(client, wanted, built, (objects) => onPathObjects({ objects }));
            return { ...cluster, user };
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
        const cluster = unreadCluster(error);
        onPathObjects(cluster);
        return cluster;
    }
}

/** k8s-master, when its API server does not respond: the machine itself may be off. */
async function examineSilentMaster(
    machines: Machines,
    reading: Promise<ClusterEvidence>,
): Promise<MachineEvidence | undefined> {
    const cluster = await Promise.race([reading, setTimeout(clusterPatience * 1000, undefined, { ref: false })]);
    return cluster === undefined || cluster.failure?.kind === "unreachable"
        ? examine(machines, "k8s-master", [boot])
        : undefined;
}

/** A worker and, for comparison with requests from pods, the response of the next worker's ingress controller to it. */
async function examineWorker(machines: Machines, plan: AddressPlan, name: WorkerName, paths: string[]) {
    const node = workerNames[(workerNames.indexOf(name) + 1) % workerNames.length] ?? name;
    const machine = await examine(machines, name, [boot, ...referenceSections(plan.machines[node], paths)]);
    const exchanges = paths.flatMap((path, i) => parseExchange(path, machine.sections[referenceName(i)]) ?? []);
    return { name, machine, reference: { node, exchanges } };
}

/** Requests from pods; then lb's tables, which have their connections. */
async function examinePath(machines: Machines, plan: AddressPlan, cluster: PathObjects, unknownPath: string) {
    const challenges = pendingChallenges(cluster);
    const paths = challenges.map(({ path }) => path);
    const responses = paths.length > 0 ? workerNames.map((name) => examineWorker(machines, plan, name, paths)) : [];
    const pods = podsToProbe(cluster);
    const probes: Probe[] = [];
    let lb: MachineEvidence;
    let round = 0;
    do {
        const made = await Promise.all(
            pods.map(({ pod, selfCheck }) =>
                probe(machines, pod, selfCheck, requestsFrom(paths.length > 0 ? paths : [unknownPath], selfCheck)),
            ),
        );
        probes.push(...made);
        const ports = probes.flatMap(({ exchanges }) => exchanges.map(({ localPort }) => localPort));
        lb = await examine(machines, "lb", connectionSections(ports));
        round++;
    } while (round < maximumRounds && !isCovered(plan, probes, lb));
    const absent = lb.sections.ip_vs ? absentServers(lb.sections.ip_vs.text, plan) : [];
    if (absent.length > 0) {
        lb = joined(lb, await examine(machines, "lb", [healthCheck(absent)]));
    }
    return {
        lb,
        selfCheck: {
            podFailure: pods.some(({ selfCheck }) => selfCheck) ? undefined : podFailure(cluster),
            challenges,
            unknownPath,
            references: (await Promise.all(responses)).map(({ reference }) => reference),
            probes,
        },
    };
}

/** The sections of two examinations of a machine, the second after the first. */
function joined(first: MachineEvidence, second: MachineEvidence): MachineEvidence {
    return {
        when: second.when,
        failure: first.failure ?? second.failure,
        sections: { ...first.sections, ...second.sections },
    };
}

function requestsFrom(paths: string[], selfCheck: boolean): ProbeRequest[] {
    const count = selfCheck ? requestsPerRound.selfCheck : requestsPerRound.others;
    const requested = paths.flatMap((path) => Array<string>(count).fill(path));
    return sourcePorts(requested.length).map((port, i) => ({ path: requested[i] ?? "/", port }));
}

/** cert-manager's pods, and an ingress controller's pod on each other worker: cert-manager may be scheduled there. */
function podsToProbe({ objects }: PathObjects): { pod: RunningPod; selfCheck: boolean }[] {
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

function podFailure(cluster: PathObjects): string {
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
    const used = parseVirtualConnections(lb.sections.ip_vs_conn?.text ?? "")
        .filter(({ client, virtual }) => virtual === `${plan.vip}:80` && ports.includes(Number(client.split(":")[1])))
        .map(({ realServer }) => realServer);
    const service = parseVirtualServers(lb.sections.ip_vs?.text ?? "").find(
        ({ address }) => address === `${plan.vip}:80`,
    );
    const failed = probes.some(({ exchanges }) => exchanges.some(({ exitCode }) => exitCode !== 0));
    return failed || used.length === 0 || (service?.realServers ?? []).every((server) => used.includes(server));
}

const challengeSchema = z.object({
    spec: z.object({ dnsName: z.literal(`www.${domain}`), token: z.string(), key: z.string() }),
    status: z.object({ state: z.string().default(""), presented: z.literal(true) }),
});

/** Challenges for the site whose response the ingress controllers serve, at most two. */
function pendingChallenges({ objects }: PathObjects): SelfCheckEvidence["challenges"] {
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

async function readVersions(): Promise<Record<string, string>> {
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
