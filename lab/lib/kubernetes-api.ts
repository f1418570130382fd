import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import { parse } from "yaml";
import { z } from "zod";
import { UnreachableError } from "./unreachable-error";
import { DeadlineError, NotYetError, waitFor } from "./wait";

/** An object of a manifest, or of the cluster. */
export interface KubernetesObject {
    apiVersion: string;
    kind: string;
    metadata: { name: string; namespace?: string };
    // biome-ignore lint/suspicious/noExplicitAny: an object has any further fields
    [field: string]: any;
}

/** All namespaces, in place of a name, as in client-go (metav1.NamespaceAll). */
export const allNamespaces = "";

const base64 = z.base64().transform((data) => Buffer.from(data, "base64"));

/** As kubeadm writes its admin.conf: one cluster, one user, certificates inside. */
const kubeconfigSchema = z.object({
    clusters: z.tuple([z.object({ cluster: z.object({ server: z.url(), "certificate-authority-data": base64 }) })]),
    users: z.tuple([z.object({ user: z.object({ "client-certificate-data": base64, "client-key-data": base64 }) })]),
});

/** The kinds that the API server serves of a group, https://kubernetes.io/docs/reference/using-api/api-concepts/ */
const resourceListSchema = z.object({
    resources: z.array(z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean() })),
});

const listSchema = z.object({ items: z.array(z.looseObject({})) });

/** An HTTP response. */
interface Response {
    status: number;
    body: string;
}

/** A response that is not the requested object. */
export class ApiError extends UnreachableError {
    constructor(
        /** HTTP status. */
        readonly status: number,
        body: string,
    ) {
        super(`The API server responds with HTTP ${status}: ${body.slice(0, 300)}`);
    }
}

/** The API server responds, but does not serve the kind: its definition is not installed. */
export class UnservedKindError extends Error {}

/** Statuses of an API server that is overloaded or restarting: the next request may succeed. */
const transient = [429, 500, 503, 504];

/**
 * A client of the cluster's API with kubeadm's administrator certificate, for JSON without loss of fields.
 *
 * kubectl needs minutes on an emulated node to read cert-manager's definitions. Typed clients drop fields that their
 * types lack, and a grader needs these fields.
 */
export class Cluster {
    private readonly server: string;
    private readonly agent: Agent;
    private readonly resources = new Map<string, ReturnType<Cluster["fetchResources"]>>();

    /**
     * @param kubeconfig kubeadm's admin.conf
     * @param deadline seconds for which a request is repeated after a transient error; the default suits emulation
     */
    constructor(
        kubeconfig: string,
        private readonly deadline = 180,
    ) {
        const { clusters, users } = kubeconfigSchema.parse(parse(kubeconfig));
        this.server = clusters[0].cluster.server;
        this.agent = new Agent({
            keepAlive: true,
            ca: clusters[0].cluster["certificate-authority-data"],
            cert: users[0].user["client-certificate-data"],
            key: users[0].user["client-key-data"],
        });
    }

    /**
     * The cluster's object of that kind and name; undefined when there is none.
     *
     * @throws UnservedKindError
     * @throws UnreachableError
     */
    async read(object: KubernetesObject): Promise<KubernetesObject | undefined> {
        const response = await this.request(await this.path(object));
        return response.status === 404 ? undefined : JSON.parse(bodyOf(response));
    }

    /**
     * All of the cluster's objects of a kind in one namespace, or in {@link allNamespaces}; default: `default`.
     *
     * @param options fromCache: as the API server has them, which lags etcd by the time of a notification. Otherwise it waits
     * for etcd. https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list
     * @throws UnservedKindError
     * @throws UnreachableError
     */
    async list(
        kind: Pick<KubernetesObject, "apiVersion" | "kind">,
        namespace = "default",
        { fromCache = false } = {},
    ): Promise<KubernetesObject[]> {
        const all = await this.path({ ...kind, metadata: { name: "", namespace } });
        const path = fromCache ? `${all}?resourceVersion=0` : all;
        // The items of a list have no apiVersion and no kind.
        return listSchema
            .parse(JSON.parse(bodyOf(await this.request(path))))
            .items.map((item) => ({ ...kind, ...item }) as KubernetesObject);
    }

    /** Closes the connections. */
    close(): void {
        this.agent.destroy();
    }

    private async path({ apiVersion, kind, metadata }: KubernetesObject): Promise<string> {
        const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
        const served = this.resources.get(root) ?? this.fetchResources(root);
        this.resources.set(root, served);
        served.catch(() => this.resources.delete(root));
        const resource = (await served).find((one) => one.kind === kind && !one.name.includes("/"));
        if (!resource) {
            throw new UnservedKindError(`The API server has no ${kind} in ${apiVersion}`);
        }
        const namespace = metadata.namespace ?? "default";
        const scope = resource.namespaced && namespace !== allNamespaces ? `/namespaces/${namespace}` : "";
        return `${root}${scope}/${resource.name}${metadata.name && `/${metadata.name}`}`;
    }

    private async fetchResources(root: string) {
        const response = await this.request(root);
        // Without a definition of the group there is no list of its kinds.
        return response.status === 404 ? [] : resourceListSchema.parse(JSON.parse(bodyOf(response))).resources;
    }

    /** Repeats a request after transient errors until the deadline; then the last response counts. */
    private async request(path: string): Promise<Response> {
        const { deadline } = this;
        const signal = AbortSignal.timeout(deadline * 1000);
        let last: Response | undefined;
        const attempt = async () => {
            last = await this.requestOnce(path, signal);
            if (transient.includes(last.status)) {
                throw new NotYetError(`HTTP ${last.status}`);
            }
            return last;
        };
        try {
            return await waitFor("the API server", attempt, { deadline });
        } catch (error) {
            if (last && (error instanceof DeadlineError || signal.aborted)) {
                return last;
            }
            const reason = signal.aborted ? `no response within ${deadline} s` : (error as Error).message;
            throw new UnreachableError(`The API server at ${this.server} does not respond: ${reason}`);
        }
    }

    private requestOnce(path: string, signal: AbortSignal): Promise<Response> {
        return new Promise((resolve, reject) => {
            const sent = request(`${this.server}${path}`, {
                agent: this.agent,
                signal,
            });
            sent.on("error", reject);
            sent.on("response", (response) => {
                text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
            });
            sent.end();
        });
    }
}

/** @throws ApiError unless the status is 200 */
function bodyOf({ status, body }: Response): string {
    if (status !== 200) {
        throw new ApiError(status, body);
    }
    return body;
}
