import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { parse } from "yaml";
import { z } from "zod";

/** An object of a manifest, or of the cluster. */
export interface KubernetesObject {
    apiVersion: string;
    kind: string;
    metadata: { name: string; namespace?: string; resourceVersion?: string };
    // biome-ignore lint/suspicious/noExplicitAny: an object has any further fields
    [field: string]: any;
}

/** In place of a namespace, as client-go writes it (metav1.NamespaceAll). */
export const allNamespaces = "";

const base64 = z.base64().transform((data) => Buffer.from(data, "base64"));

/** As kubeadm writes its admin.conf: one cluster, one user, certificates inside. */
const kubeconfigSchema = z.object({
    clusters: z.tuple([z.object({ cluster: z.object({ server: z.url(), "certificate-authority-data": base64 }) })]),
    users: z.tuple([z.object({ user: z.object({ "client-certificate-data": base64, "client-key-data": base64 }) })]),
});

/** What the API server serves of a group, https://kubernetes.io/docs/reference/using-api/api-concepts/ */
const resourceListSchema = z.object({
    resources: z.array(z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean() })),
});

const listSchema = z.object({ items: z.array(z.looseObject({})) });

/** An HTTP response. */
interface Answer {
    status: number;
    body: string;
}

/** What an API server that is too busy answers; that it gave up on a request changes nothing about the next. */
const busy = [429, 503, 504];

/**
 * The cluster's API, asked by this machine as kubeadm's administrator, in JSON as it is.
 *
 * kubectl would do for a few objects, but on an emulated node it takes minutes to read cert-manager's definitions; and
 * clients with a type for every kind drop the fields that they don't know, which a judge must see.
 */
export class Cluster {
    private readonly server: string;
    private readonly agent: Agent;
    private readonly resources = new Map<string, ReturnType<Cluster["fetchResources"]>>();

    /**
     * @param kubeconfig kubeadm's admin.conf
     * @param deadline seconds for which a busy API server is asked again; wide enough for software emulation
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

    /** The cluster's object of that kind and name; undefined when there is none. */
    async read(object: KubernetesObject): Promise<KubernetesObject | undefined> {
        const { status, body } = await this.ask("GET", await this.path(object));
        return status === 404 ? undefined : JSON.parse(expectOk(status, body));
    }

    /** All of the cluster's objects of a kind in one namespace, or in {@link allNamespaces}; default: `default`. */
    async list(
        kind: Pick<KubernetesObject, "apiVersion" | "kind">,
        namespace = "default",
    ): Promise<KubernetesObject[]> {
        const { status, body } = await this.ask("GET", await this.path({ ...kind, metadata: { name: "", namespace } }));
        // The items of a list don't say what they are.
        return listSchema
            .parse(JSON.parse(expectOk(status, body)))
            .items.map((item) => ({ ...kind, ...item }) as KubernetesObject);
    }

    /**
     * What the API server would make of an object that replaced `live`, its defaults included; nothing is changed.
     * Undefined when it would refuse, because `live` differs in what can't be changed.
     */
    async replacement(wanted: KubernetesObject, live: KubernetesObject): Promise<KubernetesObject | undefined> {
        const { resourceVersion } = live.metadata;
        const { status, body } = await this.ask("PUT", `${await this.path(wanted)}?dryRun=All`, {
            ...wanted,
            metadata: { ...wanted.metadata, resourceVersion },
        });
        return status === 422 ? undefined : JSON.parse(expectOk(status, body));
    }

    /** Closes the connections. */
    close(): void {
        this.agent.destroy();
    }

    private async path({ apiVersion, kind, metadata }: KubernetesObject): Promise<string> {
        const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
        const known = this.resources.get(root) ?? this.fetchResources(root);
        this.resources.set(root, known);
        const resource = (await known).find((offered) => offered.kind === kind && !offered.name.includes("/"));
        if (!resource) {
            throw new Error(`The API server has no ${kind} in ${apiVersion}`);
        }
        const namespace = metadata.namespace ?? "default";
        const scope = resource.namespaced && namespace !== allNamespaces ? `/namespaces/${namespace}` : "";
        return `${root}${scope}/${resource.name}${metadata.name && `/${metadata.name}`}`;
    }

    private async fetchResources(root: string) {
        const { status, body } = await this.ask("GET", root);
        return resourceListSchema.parse(JSON.parse(expectOk(status, body))).resources;
    }

    /** Asks until the API server is not too busy to answer; nothing that is asked here changes anything. */
    private async ask(method: "GET" | "PUT", path: string, content?: object): Promise<Answer> {
        const signal = AbortSignal.timeout(this.deadline * 1000);
        for (;;) {
            const answer = await this.askOnce(method, path, signal, content);
            if (!busy.includes(answer.status)) {
                return answer;
            }
            await setTimeout(1000);
            if (signal.aborted) {
                return answer;
            }
        }
    }

    private askOnce(method: string, path: string, signal: AbortSignal, content?: object): Promise<Answer> {
        return new Promise((resolve, reject) => {
            const asked = request(`${this.server}${path}`, {
                method,
                agent: this.agent,
                headers: { "content-type": "application/json" },
                signal,
            });
            asked.on("error", reject);
            asked.on("response", (response) => {
                text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
            });
            asked.end(content && JSON.stringify(content));
        });
    }
}

function expectOk(status: number, body: string): string {
    if (status !== 200) {
        throw new Error(`HTTP ${status}: ${body.slice(0, 300)}`);
    }
    return body;
}
