import { z } from "zod";
import { exportStack } from "../../lab/lib/pulumi";
import { renameStack } from "../../lab/template/rename-stack";
import type { TestLab } from "./test-lab";

const resourceSchema = z.object({ urn: z.string(), outputs: z.record(z.string(), z.unknown()).default({}) });

/** Values that differ from build to build, and from moment to moment. */
const variable: [RegExp, string][] = [
    [/(?<=acme-challenge\/)[\w-]+/g, "<token>"],
    [/\b(\d+d)?(\d+h)?(\d+m)?(\d+s)\b|\b(\d+d)?(\d+h)?\d+m\b/g, "<age>"],
    [/(?<=www-ictsc-test-tls)(-\d+)+/g, "<number>"],
    [/[ \t]+/g, " "],
];

/** A text without values that differ from build to build. */
export function comparable(text: string): string {
    return variable.reduce((result, [pattern, name]) => result.replace(pattern, name), text);
}

/** Everything in which a lab from a template must equal a lab that was built. */
export async function factsOf(lab: TestLab): Promise<Record<string, unknown>> {
    const asContestant = async (command: string) => {
        const { exitCode, all } = await lab.lab("exec", "host", "--", `su --login user --command '${command}'`);
        return { exitCode, printed: comparable(all) };
    };
    const status = JSON.parse(await lab.labOutput("status", "--json"));
    const check = await lab.lab("check", "--deadline", "0", "--json");
    return {
        page: await asContestant("curl --silent --show-error -L www.ictsc.test"),
        certificate: await asContestant("kubectl get cert"),
        pods: await asContestant("kubectl get pods -A --no-headers -o custom-columns=:.metadata.labels,:.status.phase"),
        nodes: status.nodes,
        challenges: comparable(JSON.stringify(status.challenges)),
        virtualServers: status.virtualServers.value.map(({ address, realServers }: Record<string, unknown>) => ({
            address,
            realServers,
        })),
        verdict: check.exitCode,
        checks: verdictsIn(JSON.parse(check.stdout)),
        ...(await stateOf(lab.stack)),
        preview: (await lab.pulumi("preview", "--expect-no-changes")).exitCode,
        refresh: (await lab.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")).exitCode,
    };
}

/** Resources and outputs of a stack, as if its name were `any`. */
async function stateOf(stack: string): Promise<{ resources: string[]; outputs: Record<string, unknown> }> {
    const { deployment } = renameStack(await exportStack(stack), "any");
    const resources = z.array(resourceSchema).parse(deployment.resources);
    const { machines, vip, network, domain, state, name, login } = resources[0]?.outputs ?? {};
    return {
        resources: resources.map(({ urn }) => urn).sort(),
        outputs: { machines, vip, network, domain, state, name, login },
    };
}

/** The verdict of each check in the report of `lab check --json`. */
function verdictsIn(report: Record<string, unknown>): Record<string, string> {
    const checkSchema = z.object({ name: z.string(), verdict: z.string() });
    const checks = Object.values(report)
        .flatMap((value) => (Array.isArray(value) ? value : []))
        .flatMap((value) => checkSchema.safeParse(value).data ?? []);
    return Object.fromEntries(checks.map(({ name, verdict }) => [name, verdict]));
}
