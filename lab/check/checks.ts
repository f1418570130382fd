import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { addressPlan } from "../../infra/address-plan";
import { readConfigFile, repositoryRoot } from "../../infra/config-files";
import type { CommandResult, Machines } from "../ssh";
import { type LabStack, UnreachableError } from "../stack";
import {
    type Judgement,
    judgeCertificate,
    judgeFiles,
    judgeHost,
    judgeKeepalived,
    judgeObjects,
    judgePage,
} from "./judge";

/** A check with what it was decided by. */
export interface CheckResult extends Judgement {
    name: string;
    evidence: CommandResult;
}

/** The manifests that the problem forbids to change. */
const protectedManifests = ["cert-manager.yaml", "ingress-controller.yaml", "root-ca.yaml"] as const;

const kubectl = "kubectl --kubeconfig /etc/kubernetes/admin.conf";

/** Runs every check once. The judge's own view comes from machines that contestants can't log in to where that is possible. */
export async function runChecks(machines: Machines, stack: LabStack): Promise<CheckResult[]> {
    const root = await machines.run("acme-server", "cat /var/lib/step-ca/root_ca.crt");
    if (root.exitCode !== 0) {
        throw new UnreachableError(
            `acme-server does not give its root certificate: ${root.stderr || "no answer in time"}`,
        );
    }
    const pem = `${root.stdout}\n`;
    const plan = addressPlan(stack.network);
    const manifests = protectedManifests.map((name) => ({
        name,
        text: readFileSync(join(repositoryRoot, "manifests", name), "utf8").replaceAll(
            "ROOT_CERTIFICATE_BASE64",
            Buffer.from(pem).toString("base64"),
        ),
    }));

    const results: CheckResult[] = [];
    const check = (name: string, evidence: CommandResult, judge: (evidence: CommandResult) => Judgement) => {
        if (evidence.exitCode === undefined || evidence.exitCode === 255) {
            throw new UnreachableError(
                `${evidence.machine} does not answer: ${evidence.stderr || "no answer in time"}`,
            );
        }
        results.push({ name, evidence, ...judge(evidence) });
    };
    // Only the lab's root is believed, and no proxy, configuration file or alias of the contestant's is used.
    const page = (resolve: string) =>
        `env -i /usr/bin/curl --disable --silent --show-error --location --max-time 60 --cacert /dev/stdin ${resolve} ` +
        `--write-out '\\n%{scheme} %{remote_ip} %{ssl_verify_result}' http://www.${stack.domain}/`;
    check("page on host", await machines.run("host", page(""), { stdin: pem }), (e) => judgePage(e, stack.vip));
    check(
        "page through the VIP",
        await machines.run(
            "acme-server",
            page(`--resolve www.${stack.domain}:80:${stack.vip} --resolve www.${stack.domain}:443:${stack.vip}`),
            { stdin: pem },
        ),
        (e) => judgePage(e, stack.vip),
    );
    check(
        "certificate",
        await machines.run("k8s-master", `${kubectl} get certificate www-ictsc-test-tls --output json`),
        judgeCertificate,
    );
    check(
        "honest host",
        await machines.run(
            "host",
            `grep --with-filename www.${stack.domain} /etc/hosts; ls -1 /home/user/.curlrc /root/.curlrc /etc/curlrc 2>/dev/null; ` +
                "dpkg --verify curl libcurl4t64 libssl3t64 2>&1 | grep -v ' /usr/share/\\| c /'; " +
                "find /usr/local/share/ca-certificates -type f ! -name ictsc-root-ca.crt; true",
        ),
        judgeHost,
    );
    check(
        "keepalived",
        await machines.run(
            "lb",
            "sha256sum </etc/keepalived/keepalived.conf; systemctl is-active keepalived; ls -1 /etc/systemd/system/keepalived.service* 2>/dev/null",
        ),
        (e) => judgeKeepalived(e, sha256(readConfigFile("lb-config/base/etc/keepalived/keepalived.conf", plan))),
    );
    check(
        "manifests on host",
        await machines.run("host", `cd /home/user/manifests && sha256sum ${protectedManifests.join(" ")}; true`),
        (e) => judgeFiles(e, Object.fromEntries(manifests.map(({ name, text }) => [name, sha256(text)]))),
    );
    check(
        "deployed objects",
        await machines.run(
            "k8s-master",
            `${kubectl} diff --server-side --force-conflicts --field-manager pulumi-kubernetes --filename -`,
            { stdin: manifests.map(({ text }) => text).join("\n---\n"), deadline: 600 },
        ),
        judgeObjects,
    );
    return results;
}

function sha256(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}
