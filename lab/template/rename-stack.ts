import type { Deployment } from "../lib/pulumi";

/** The input with the name of the stack: infra/config/reset-on-destroy.ts. */
const stackVariable = "PULUMI_STACK";

/**
 * A stack's state as another stack's, as `pulumi stack rename` changes it: in URNs, in the name of the root resource, and in
 * the environment variable of the resource that unsets `fixed`.
 *
 * @param deployment unchanged
 */
export function renameStack(deployment: Deployment, to: string): Deployment {
    const from = stackOf(deployment);
    const rename = (value: unknown, key?: string): unknown => {
        if (typeof value === "string") {
            return key === stackVariable && value === from ? to : renameUrn(value, from, to);
        }
        if (Array.isArray(value)) {
            return value.map((item) => rename(item));
        }
        if (value !== null && typeof value === "object") {
            return Object.fromEntries(
                Object.entries(value).map(([name, child]) => [renameUrn(name, from, to), rename(child, name)]),
            );
        }
        return value;
    };
    return rename(deployment) as Deployment;
}

/** The name of the stack whose state it is: the third part of every URN. */
export function stackOf({ deployment }: Deployment): string {
    const [first] = (deployment.resources ?? []) as { urn: string }[];
    return first?.urn.split(":")[2] ?? "";
}

/** https://www.pulumi.com/docs/iac/concepts/resources/names/#urns */
function renameUrn(text: string, from: string, to: string): string {
    const prefix = `urn:pulumi:${from}::`;
    if (!text.startsWith(prefix)) {
        return text;
    }
    const renamed = `urn:pulumi:${to}::${text.slice(prefix.length)}`;
    // The root resource is named <project>-<stack>.
    return renamed.includes("::pulumi:pulumi:Stack::") && renamed.endsWith(`-${from}`)
        ? `${renamed.slice(0, -from.length)}${to}`
        : renamed;
}
