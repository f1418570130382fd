import { z } from "zod";

/** What a check says: the end state is reached, is not reached yet, or a constraint of the problem is broken. */
export interface Judgement {
    verdict: "pass" | "unsolved" | "constraint broken";
    /** Why, in a line. */
    reason: string;
}

/** What a command printed and how it ended. */
export interface Evidence {
    exitCode: number | undefined;
    stdout: string;
    stderr: string;
}

const pass = (reason: string): Judgement => ({ verdict: "pass", reason });
const unsolved = (reason: string): Judgement => ({ verdict: "unsolved", reason });
const broken = (reason: string): Judgement => ({ verdict: "constraint broken", reason });

/** nginx's page over verified HTTPS, from the VIP; the last line is curl's `scheme remote_ip ssl_verify_result`. */
export function judgePage({ exitCode, stdout, stderr }: Evidence, vip: string): Judgement {
    if (exitCode !== 0) {
        return unsolved(stderr.trim().split("\n")[0] || `curl ended with ${exitCode}`);
    }
    const lines = stdout.trimEnd().split("\n");
    const [scheme, address, verification] = (lines.pop() ?? "").split(" ");
    if (scheme?.toLowerCase() !== "https" || verification !== "0") {
        return unsolved(`the page came over ${scheme}, verification ${verification}`);
    }
    if (address !== vip) {
        return broken(`the page came from ${address}, not from the VIP ${vip}`);
    }
    if (!lines.join("\n").includes("<title>Welcome to nginx!</title>")) {
        return unsolved("the page is not nginx's");
    }
    return pass("nginx's page over HTTPS from the VIP, by a certificate of the lab's CA");
}

const certificateSchema = z.object({
    spec: z.object({ issuerRef: z.object({ name: z.string(), kind: z.string().optional() }) }),
    status: z
        .object({
            conditions: z
                .array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() }))
                .default([]),
        })
        .default({ conditions: [] }),
});

/** `kubectl get certificate --output json`: READY is True, and the problem's issuer issued it. */
export function judgeCertificate({ exitCode, stdout, stderr }: Evidence): Judgement {
    if (exitCode !== 0) {
        return unsolved(stderr.trim() || "there is no certificate");
    }
    const { spec, status } = certificateSchema.parse(JSON.parse(stdout));
    if (spec.issuerRef.name !== "ictsc-acme") {
        return broken(`the certificate is asked of ${spec.issuerRef.name}, not of ictsc-acme`);
    }
    const ready = status.conditions.find((condition) => condition.type === "Ready");
    return ready?.status === "True"
        ? pass("www-ictsc-test-tls is Ready")
        : unsolved(`www-ictsc-test-tls is not Ready: ${ready?.message ?? "no condition yet"}`);
}

/** Nothing on host stands in for the lab: every line printed is a planted thing. */
export function judgeHost({ stdout }: Evidence): Judgement {
    return stdout.trim() === ""
        ? pass("curl and its surroundings are untouched")
        : broken(`host was changed: ${stdout.trim()}`);
}

/** keepalived.conf's digest, the unit's state, and nothing that overrides the unit. */
export function judgeKeepalived({ stdout }: Evidence, digest: string): Judgement {
    const [sum = "", state, ...overrides] = stdout.trim().split("\n");
    if (sum.split(" ")[0] !== digest) {
        return broken("keepalived.conf was changed");
    }
    if (state !== "active") {
        return broken(`keepalived is ${state}`);
    }
    return overrides.length > 0
        ? broken(`keepalived's unit was changed: ${overrides.join(", ")}`)
        : pass("as it was deployed");
}

/** sha256sum's lines against the digests of what was deployed. */
export function judgeFiles({ stdout }: Evidence, digests: Record<string, string>): Judgement {
    const found = new Map(stdout.split("\n").map((line) => line.split(/\s+/).reverse() as [string, string]));
    const changed = Object.keys(digests).filter((name) => found.get(name) !== digests[name]);
    return changed.length > 0 ? broken(`changed or missing: ${changed.join(", ")}`) : pass("as they were deployed");
}

/** `kubectl diff` ends with 0 without a difference, 1 with one, and more when it couldn't tell. */
export function judgeObjects({ exitCode, stdout, stderr }: Evidence): Judgement {
    if (exitCode === 0) {
        return pass("as they were deployed");
    }
    if (exitCode === 1 && stdout !== "") {
        const objects = [...stdout.matchAll(/^diff .*\/LIVE-\S+\/(\S+)/gm)].map((match) => match[1]);
        return broken(`changed: ${objects.join(", ") || stdout.slice(0, 200)}`);
    }
    return unsolved(`could not compare: ${stderr.trim().slice(0, 200)}`);
}

/** The exit code of `lab check`: 0 solved, 1 not solved, 2 a constraint is broken. */
export function exitCodeOf(judgements: Judgement[]): 0 | 1 | 2 {
    if (judgements.some(({ verdict }) => verdict === "constraint broken")) {
        return 2;
    }
    return judgements.every(({ verdict }) => verdict === "pass") ? 0 : 1;
}
