import type { KubernetesObject } from "../../lib/kubernetes-api";

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind
type Fields = Record<string, any>;

/**
 * An object as the API server stores it: with the defaults of Kubernetes for the kinds and fields that the lab's manifests
 * use, https://kubernetes.io/docs/reference/kubernetes-api/
 *
 * A dry run would return the API server's defaults. It takes an emulated API server seconds, and a cluster administrator
 * can change its result with an admission policy.
 */
export function withDefaults(object: KubernetesObject): KubernetesObject {
    const complete = defaultsOf[object.kind];
    const copy = structuredClone(object);
    return complete ? { ...copy, ...complete(copy) } : copy;
}

const defaultsOf: Record<string, (object: Fields) => Fields> = {
    Namespace: ({ spec }) => ({ spec: fill(spec, { finalizers: ["kubernetes"] }) }),
    Service: ({ spec }) => ({
        spec: fill(
            {
                ...spec,
                ports: spec.ports.map((port: Fields) => fill(port, { protocol: "TCP", targetPort: port.port })),
            },
            {
                type: "ClusterIP",
                internalTrafficPolicy: "Cluster",
                ipFamilies: ["IPv4"],
                ipFamilyPolicy: "SingleStack",
                sessionAffinity: "None",
            },
        ),
    }),
    Deployment: ({ spec }) => ({
        spec: fill(
            { ...spec, template: podTemplate(spec.template) },
            {
                replicas: 1,
                progressDeadlineSeconds: 600,
                revisionHistoryLimit: 10,
                strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
            },
        ),
    }),
    DaemonSet: ({ spec }) => ({
        spec: fill(
            { ...spec, template: podTemplate(spec.template) },
            {
                revisionHistoryLimit: 10,
                updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
            },
        ),
    }),
    MutatingWebhookConfiguration: ({ webhooks }) => ({
        webhooks: webhooks.map((hook: Fields) => fill(webhook(hook), { reinvocationPolicy: "Never" })),
    }),
    ValidatingWebhookConfiguration: ({ webhooks }) => ({ webhooks: webhooks.map(webhook) }),
    CustomResourceDefinition: ({ spec }) => ({ spec: fill(spec, { conversion: { strategy: "None" } }) }),
};

function fill(fields: Fields | undefined, defaults: Fields): Fields {
    return { ...defaults, ...fields };
}

function webhook(hook: Fields): Fields {
    const { service, ...clientConfig } = hook.clientConfig;
    return fill(
        {
            ...hook,
            clientConfig: { ...clientConfig, service: fill(service, { port: 443 }) },
            rules: hook.rules.map((rule: Fields) => fill(rule, { scope: "*" })),
        },
        { matchPolicy: "Equivalent", namespaceSelector: {}, objectSelector: {}, timeoutSeconds: 10 },
    );
}

function podTemplate({ spec, ...template }: Fields): Fields {
    return {
        ...template,
        spec: fill(
            {
                ...spec,
                containers: spec.containers.map(container),
                // The field's former name.
                ...(spec.serviceAccountName ? { serviceAccount: spec.serviceAccountName } : {}),
            },
            {
                dnsPolicy: "ClusterFirst",
                restartPolicy: "Always",
                schedulerName: "default-scheduler",
                securityContext: {},
                terminationGracePeriodSeconds: 30,
            },
        ),
    };
}

function container(fields: Fields): Fields {
    const probes = ["livenessProbe", "readinessProbe", "startupProbe"].flatMap((name) =>
        fields[name] ? [[name, probe(fields[name])]] : [],
    );
    return fill(
        {
            ...fields,
            ...Object.fromEntries(probes),
            ...(fields.env ? { env: fields.env.map(variable) } : {}),
            ...(fields.ports ? { ports: fields.ports.map((port: Fields) => fill(port, { protocol: "TCP" })) } : {}),
        },
        {
            imagePullPolicy: "IfNotPresent",
            resources: {},
            terminationMessagePath: "/dev/termination-log",
            terminationMessagePolicy: "File",
        },
    );
}

function probe(fields: Fields): Fields {
    return fill(
        { ...fields, ...(fields.httpGet ? { httpGet: fill(fields.httpGet, { scheme: "HTTP" }) } : {}) },
        { failureThreshold: 3, periodSeconds: 10, successThreshold: 1, timeoutSeconds: 1 },
    );
}

function variable(fields: Fields): Fields {
    const fieldRef = fields.valueFrom?.fieldRef;
    return fieldRef ? { ...fields, valueFrom: { fieldRef: fill(fieldRef, { apiVersion: "v1" }) } } : fields;
}
