import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exitCodeOf } from "../../lab/check/outcome";
import { kubectl } from "../../lab/lib/kubectl";
import type { Machines } from "../../lab/lib/ssh";
import type { LabStack } from "../../lab/lib/stack";
import { connect, examine, grade, labName, startLab, succeed, until, virsh } from "./machines";

const subject = "-subj /CN=www.ictsc.test -addext subjectAltName=DNS:www.ictsc.test";
const newKey = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /tmp/cheat.key";

describe("lab check", () => {
    let stack: LabStack;
    let machines: Machines;

    beforeAll(async () => {
        ({ stack, machines } = await connect());
    });

    afterAll(() => machines?.close());

    it("detects a certificate of the lab's CA that cert-manager did not order", async () => {
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

    it("does not evaluate a lab while one of its machines does not respond", async () => {
        await virsh("suspend", `${labName}-acme-server`);
        try {
            expect((await startLab("check", "--deadline", "0").ended).exitCode).toBe(3);
        } finally {
            await virsh("resume", `${labName}-acme-server`);
        }
    });

    it("finds the lab as broken as before, and no constraint broken", async () => {
        await succeed(machines, "host", "reissue-certificate");
        await until("the plain verdict", async () => (await grade(machines, stack)).verdict === 1);
    });
});
