import { z } from "zod";
import { machineNames, networkSchema, nodeNames } from "../../../infra/config/address-plan";
import { sectionOutputSchema } from "../../lib/framed-script";

/** Version of the format below. A bundle of another version is rejected. */
export const evidenceFormat = 1;

const machineSchema = z.object({
    /** Time of the examination's end, ISO 8601. */
    when: z.string(),
    /** Reason why parts are missing; undefined when the examination is complete. */
    failure: z.string().optional(),
    sections: z.record(z.string(), sectionOutputSchema),
});

/** Output of the commands on a machine. */
export type MachineEvidence = z.output<typeof machineSchema>;

const identitySchema = z.object({
    uid: z.string(),
    /** Number of the object's specification; kinds without one have none. */
    generation: z.number().optional(),
    /** ISO 8601. */
    creationTimestamp: z.string().optional(),
});

export type Identity = z.output<typeof identitySchema>;

const differenceSchema = z.object({
    /** Path of the field, for example spec.template.spec.hostAliases. */
    path: z.string(),
    /** JSON, shortened; undefined when the field is missing there. */
    expected: z.string().optional(),
    found: z.string().optional(),
});

const protectedObjectSchema = z.object({
    /** kind, namespace and name, for example `Deployment cert-manager/cert-manager`. */
    name: z.string(),
    kind: z.string(),
    manifest: z.string(),
    /** As recorded when the lab was built; undefined when the stack's state does not have it. */
    built: identitySchema.optional(),
    /** Undefined when the object does not exist. */
    live: identitySchema.optional(),
    differences: z.array(differenceSchema),
});

/** An object of a manifest that must not be changed, compared with the manifest and with the object as built. */
export type ProtectedObject = z.output<typeof protectedObjectSchema>;

const objectSchema = z.looseObject({
    apiVersion: z.string(),
    kind: z.string(),
    metadata: z.looseObject({
        name: z.string(),
        namespace: z.string().optional(),
        uid: z.string().default(""),
        generation: z.number().optional(),
        creationTimestamp: z.string().optional(),
        labels: z.record(z.string(), z.string()).default({}),
        annotations: z.record(z.string(), z.string()).default({}),
        ownerReferences: z
            .array(z.looseObject({ uid: z.string(), controller: z.boolean().default(false) }))
            .default([]),
    }),
});

/** An object of the cluster, without managed fields and without private data. */
export type ClusterObject = z.output<typeof objectSchema>;

const clusterSchema = z.object({
    when: z.string(),
    /** Undefined when everything was read. */
    failure: z
        .object({
            /** refused: the API server responds, and denies access to the grader. */
            kind: z.enum(["unreachable", "refused"]),
            message: z.string(),
        })
        .optional(),
    /** The user whose certificate the API server accepted. */
    user: z.enum(["kubernetes-admin", "kubernetes-super-admin"]).optional(),
    /** Names of the kinds that the API server does not serve, for example Certificate without cert-manager. */
    unservedKinds: z.array(z.string()),
    objects: z.array(objectSchema),
    protectedObjects: z.array(protectedObjectSchema),
});

export type ClusterEvidence = z.output<typeof clusterSchema>;

const issuedCertificateSchema = z.object({
    /** Of the leaf, hexadecimal SHA-256 of its DER. */
    fingerprint: z.string(),
    account: z.string(),
    order: z.string(),
    /** ISO 8601. */
    created: z.string(),
    /** DNS names of the order. */
    names: z.array(z.string()),
    /** Requests to finalize the order, from the authority's log. */
    finalizeRequests: z.array(z.object({ address: z.string(), userAgent: z.string(), time: z.string() })),
});

/** A certificate in the database of the authority. */
export type IssuedCertificate = z.output<typeof issuedCertificateSchema>;

const authoritySchema = z.object({
    /** Reason why the database could not be read. */
    failure: z.string().optional(),
    /** Identifiers of the ACME accounts, the oldest first. */
    accounts: z.array(z.object({ id: z.string(), created: z.string() })),
    certificates: z.array(issuedCertificateSchema),
});

export type AuthorityEvidence = z.output<typeof authoritySchema>;

const responseSchema = z.object({
    /** The requested path: of a pending challenge, or of one that does not exist. */
    path: z.string(),
    /** curl's exit code: 0 with any response, 28 after a timeout (curl(1)). */
    exitCode: z.number(),
    /** curl's message for an exit code other than 0. */
    error: z.string(),
    /** HTTP status; 0 without a response. */
    status: z.number(),
    body: z.string(),
    /** Location of a redirect. */
    location: z.string(),
    /** Address of the server. */
    remoteAddress: z.string(),
    localPort: z.number(),
    seconds: z.number(),
});

/** An HTTP request and its response. */
export type HttpExchange = z.output<typeof responseSchema>;

const probeSchema = z.object({
    node: z.enum(nodeNames),
    /** The pod in whose network the requests were made. */
    pod: z.string(),
    /** Whether it is cert-manager's controller: the others are the ingress controllers of other nodes. */
    selfCheck: z.boolean(),
    when: z.string(),
    failure: z.string().optional(),
    /** Addresses of the site, from the pod's resolver. */
    addresses: z.array(z.string()),
    exchanges: z.array(responseSchema),
});

/** Requests from the network of a pod. */
export type Probe = z.output<typeof probeSchema>;

const selfCheckSchema = z.object({
    /** Reason why there is no probe from cert-manager's pod. */
    podFailure: z.string().optional(),
    /** Pending challenges for the site. */
    challenges: z.array(z.object({ path: z.string(), key: z.string() })),
    /** Path of a challenge that does not exist; random. */
    unknownPath: z.string(),
    /** Responses of the ingress controllers to k8s-master, by node: the same paths, without the load balancer. */
    references: z.array(z.object({ node: z.enum(nodeNames), exchanges: z.array(responseSchema) })),
    probes: z.array(probeSchema),
});

export type SelfCheckEvidence = z.output<typeof selfCheckSchema>;

/** Everything that a verdict depends on. It contains no private key, and its size is bounded. */
export const evidenceSchema = z.object({
    format: z.literal(evidenceFormat),
    when: z.string(),
    /** The lab's network, CIDR. */
    network: networkSchema,
    versions: z.record(z.string(), z.string()),
    expected: z.object({
        /** PEM; empty when acme-server did not return it. */
        rootCertificate: z.string(),
        /** SHA-256, hexadecimal. */
        keepalivedConfiguration: z.string(),
        /** File name to SHA-256. */
        manifests: z.record(z.string(), z.string()),
    }),
    machines: z.partialRecord(z.enum(machineNames), machineSchema),
    cluster: clusterSchema,
    authority: authoritySchema,
    selfCheck: selfCheckSchema,
});

export type Evidence = z.output<typeof evidenceSchema>;

/** The failure of a machine that responds, but whose shell does not run the examination. */
export const noMarkerFailure =
    "the examination printed no marker: a startup file of root's shell or a program of the machine replaces it";

/** Output of a section; undefined when the machine did not return it. */
export function sectionOf(
    evidence: Pick<Evidence, "machines">,
    machine: keyof Evidence["machines"],
    name: string,
): z.output<typeof sectionOutputSchema> | undefined {
    return evidence.machines[machine]?.sections[name];
}

/** The objects of a kind. */
export function objectsOf({ cluster }: Pick<Evidence, "cluster">, kind: string): ClusterObject[] {
    return cluster.objects.filter((object) => object.kind === kind);
}
