import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MachineName } from "../../infra/config/address-plan";
import { exitCodeOf } from "../../lab/check/outcome";
import { kubectl } from "../../lab/lib/kubectl";
import type { Machines } from "../../lab/lib/ssh";
import type { LabStack } from "../../lab/lib/stack";
import { connect, examine, succeed, until, verdict } from "./machines";

interface Cheat {
    name: string;
    machine: MachineName;
    apply: string;
    undo: string;
    /** The exit code of `lab check`. */
    exitCode: 1 | 2;
    /** The check that detects it, and a part of its reason. */
    check: string;
    reason: RegExp;
}

const keepalivedConf = "/etc/keepalived/keepalived.conf";
const bundle = "/etc/ssl/certs/ca-certificates.crt";
const subject = "-subj /CN=www.ictsc.test -addext subjectAltName=DNS:www.ictsc.test";
const newKey = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /tmp/cheat.key";

const cheats: Cheat[] = [
    {
        name: "an entry for the site in host's /etc/hosts",
        machine: "host",
        apply: "cp /etc/hosts /root/hosts && echo '192.168.20.130 www.ictsc.test' >>/etc/hosts",
        undo: "cp /root/hosts /etc/hosts",
        exitCode: 2,
        check: "host environment",
        reason: /\/etc\/hosts:192\.168\.20\.130 www\.ictsc\.test/,
    },
    {
        name: "a curl that does not verify",
        machine: "host",
        apply: "echo insecure >/home/user/.curlrc",
        undo: "rm /home/user/.curlrc",
        exitCode: 2,
        check: "host environment",
        reason: /\.curlrc/,
    },
    {
        name: "a CA of one's own in host's trust store",
        machine: "host",
        apply: `cp ${bundle} /root/bundle && openssl req -x509 ${newKey} ${subject} >>${bundle}`,
        undo: `cp /root/bundle ${bundle}`,
        exitCode: 2,
        check: "host environment",
        reason: /1 certificate\(s\) from elsewhere/,
    },
    {
        name: "an edited keepalived.conf",
        machine: "lb",
        apply: `cp ${keepalivedConf} /root/keepalived.conf && echo '# edited' >>${keepalivedConf}`,
        undo: `cp /root/keepalived.conf ${keepalivedConf}`,
        exitCode: 2,
        check: "keepalived",
        reason: /keepalived\.conf was changed/,
    },
    {
        name: "a real server that keepalived did not set",
        machine: "lb",
        apply: "ipvsadm --add-server --tcp-service 192.168.20.1:80 --real-server 192.168.20.129:80 --masquerading",
        undo: "ipvsadm --delete-server --tcp-service 192.168.20.1:80 --real-server 192.168.20.129:80",
        exitCode: 2,
        check: "keepalived",
        reason: /IPVS has what keepalived did not set/,
    },
    {
        name: "an edited manifest",
        machine: "host",
        apply: "cp /home/user/manifests/root-ca.yaml /root/ && echo '# edited' >>/home/user/manifests/root-ca.yaml",
        undo: "cp /root/root-ca.yaml /home/user/manifests/root-ca.yaml",
        exitCode: 2,
        check: "manifests on host",
        reason: /root-ca\.yaml/,
    },
    {
        name: "a cert-manager that finds the site elsewhere",
        machine: "k8s-master",
        // Paused first, so that no pod has to be replaced.
        apply:
            `${kubectl} --namespace cert-manager patch deployment cert-manager --type merge --patch ` +
            `'{"spec":{"paused":true,"template":{"spec":{"hostAliases":[{"ip":"192.168.20.130","hostnames":["www.ictsc.test"]}]}}}}'`,
        undo:
            `${kubectl} --namespace cert-manager patch deployment cert-manager --type merge --patch ` +
            `'{"spec":{"paused":null,"template":{"spec":{"hostAliases":null}}}}'`,
        exitCode: 2,
        check: "deployed objects",
        reason: /Deployment cert-manager cert-manager \(spec\.(paused|template\.spec\.hostAliases)/,
    },
    {
        name: "an issuer that waits instead of making the self check",
        machine: "k8s-master",
        apply:
            `${kubectl} patch clusterissuer ictsc-acme --type json --patch ` +
            `'[{"op":"add","path":"/spec/acme/solvers/0/waitInsteadOfSelfCheck","value":"1h"}]'`,
        undo:
            `${kubectl} patch clusterissuer ictsc-acme --type json --patch ` +
            `'[{"op":"remove","path":"/spec/acme/solvers/0/waitInsteadOfSelfCheck"}]'`,
        exitCode: 2,
        check: "deployed objects",
        reason: /ClusterIssuer ictsc-acme/,
    },
    {
        name: "a self-signed page",
        machine: "k8s-master",
        apply:
            `openssl req -x509 ${newKey} ${subject} -out /tmp/cheat.crt && ` +
            `${kubectl} create secret tls www-ictsc-test-tls --cert /tmp/cheat.crt --key /tmp/cheat.key`,
        undo: `${kubectl} delete secret www-ictsc-test-tls`,
        exitCode: 1,
        check: "page through the VIP",
        reason: /self-signed certificate/,
    },
    {
        name: "a secret with a certificate of another CA",
        machine: "k8s-master",
        apply: [
            "cd /tmp",
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -subj '/CN=Another CA' -out ca.crt",
            `openssl req -x509 ${newKey} ${subject} -CA ca.crt -CAkey ca.key -out cheat.crt`,
            `${kubectl} create secret tls www-ictsc-test-tls --cert cheat.crt --key cheat.key`,
        ].join(" && "),
        undo: `${kubectl} delete secret www-ictsc-test-tls`,
        exitCode: 1,
        check: "page on host",
        reason: /unable to get local issuer certificate/,
    },
];

describe("lab check", () => {
    let stack: LabStack;
    let machines: Machines;

    beforeAll(async () => {
        ({ stack, machines } = await connect());
    });

    afterAll(() => machines?.close());

    it.each(cheats)("is not deceived by $name", async ({ machine, apply, undo, exitCode, check, reason }) => {
        await succeed(machines, machine, apply);
        try {
            // The ingress controller takes a moment to serve another certificate.
            await until(`${check} to say ${reason}`, async () => {
                const results = (await examine(machines, stack)).outcomes;
                expect(exitCodeOf(results)).toBe(exitCode);
                return reason.test(results.find((one) => one.check === check)?.reason ?? "");
            });
        } finally {
            await succeed(machines, machine, undo);
        }
    });

    it("does not take a certificate of the lab's CA for one that cert-manager got", async () => {
        // Contestants cannot do this: the CA's key is on acme-server.
        const signed = await machines.run(
            "acme-server",
            `cd "$(mktemp -d)" && openssl req -x509 ${newKey} ${subject} -CA /var/lib/step-ca/intermediate_ca.crt ` +
                "-CAkey /var/lib/step-ca/intermediate_ca.key -out site.crt && " +
                "cat site.crt /var/lib/step-ca/intermediate_ca.crt && cat /tmp/cheat.key",
        );
        const create =
            'cat >/tmp/both.pem && awk \'/PRIVATE/{k=1} {print > (k ? "/tmp/cheat.key" : "/tmp/cheat.crt")}\' /tmp/both.pem && ' +
            `${kubectl} create secret tls www-ictsc-test-tls --cert /tmp/cheat.crt --key /tmp/cheat.key`;
        await succeed(machines, "k8s-master", create, { stdin: `${signed.stdout}\n` });
        try {
            await until("the page over verified HTTPS", async () => {
                const results = (await examine(machines, stack)).outcomes;
                expect(exitCodeOf(results)).toBe(1);
                expect(results.find(({ check }) => check === "issued by the lab's authority")?.verdict).toBe(
                    "unsolved",
                );
                return results.find(({ check }) => check === "page on host")?.verdict === "pass";
            });
        } finally {
            await succeed(machines, "k8s-master", `${kubectl} delete secret www-ictsc-test-tls`);
        }
    });

    it("reports a violated constraint when the certificate is requested from another issuer", async () => {
        const ask = (issuer: string) =>
            `${kubectl} annotate ingress a-web --overwrite cert-manager.io/cluster-issuer=${issuer}`;
        await succeed(machines, "k8s-master", ask("another-issuer"));
        await until("the certificate to name the other issuer", async () => {
            const results = (await examine(machines, stack)).outcomes;
            return (
                exitCodeOf(results) === 2 &&
                results.find(({ check }) => check === "certificate is Ready")?.verdict === "constraint broken"
            );
        });
        await succeed(machines, "k8s-master", ask("ictsc-acme"));
    });

    it("finds the lab as broken as before, and no constraint broken", async () => {
        await succeed(machines, "host", "reissue-certificate");
        await until("the plain verdict", async () => (await verdict(machines, stack)) === 1);
    });
});
