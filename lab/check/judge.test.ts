import { describe, expect, it } from "vitest";
import { exitCodeOf, judgeCertificate, judgeFiles, judgeHost, judgeKeepalived, judgeObjects, judgePage } from "./judge";

const said = (stdout: string, exitCode = 0, stderr = "") => ({ exitCode, stdout, stderr });
const nginx = "<title>Welcome to nginx!</title>";

describe("judgePage", () => {
    const judge = (stdout: string, exitCode = 0, stderr = "") =>
        judgePage(said(stdout, exitCode, stderr), "192.168.20.1").verdict;

    it("passes nginx's page from the VIP over verified HTTPS", () => {
        expect(judge(`${nginx}\nhttps 192.168.20.1 0`)).toBe("pass");
        expect(judge(`${nginx}\nHTTPS 192.168.20.1 0`)).toBe("pass");
    });

    it("fails a certificate that curl refuses, plain HTTP and another page", () => {
        expect(judge("", 60, "curl: (60) SSL certificate problem: unable to get local issuer certificate")).toBe(
            "unsolved",
        );
        expect(judge(`${nginx}\nhttp 192.168.20.1 0`)).toBe("unsolved");
        expect(judge(`${nginx}\nhttps 192.168.20.1 20`)).toBe("unsolved");
        expect(judge("<title>It works</title>\nhttps 192.168.20.1 0")).toBe("unsolved");
    });

    it("calls a page from elsewhere a broken constraint", () => {
        expect(judge(`${nginx}\nhttps 192.168.20.130 0`)).toBe("constraint broken");
    });
});

describe("judgeCertificate", () => {
    const certificate = (issuer: string, ready: string) =>
        said(
            JSON.stringify({
                spec: { issuerRef: { name: issuer } },
                status: { conditions: [{ type: "Ready", status: ready }] },
            }),
        );

    it("wants it Ready", () => {
        expect(judgeCertificate(certificate("ictsc-acme", "True")).verdict).toBe("pass");
        expect(judgeCertificate(certificate("ictsc-acme", "False")).verdict).toBe("unsolved");
        expect(judgeCertificate(said(JSON.stringify({ spec: { issuerRef: { name: "ictsc-acme" } } }))).verdict).toBe(
            "unsolved",
        );
        expect(judgeCertificate(said("", 1, "NotFound")).verdict).toBe("unsolved");
    });

    it("wants it of the problem's issuer", () => {
        expect(judgeCertificate(certificate("self-signed", "True")).verdict).toBe("constraint broken");
    });
});

describe("constraints", () => {
    it("finds what was planted on host", () => {
        expect(judgeHost(said("")).verdict).toBe("pass");
        expect(judgeHost(said("/etc/hosts:192.168.20.130 www.ictsc.test")).verdict).toBe("constraint broken");
    });

    it("finds changes of keepalived", () => {
        expect(judgeKeepalived(said("abc  -\nactive"), "abc").verdict).toBe("pass");
        expect(judgeKeepalived(said("abd  -\nactive"), "abc").verdict).toBe("constraint broken");
        expect(judgeKeepalived(said("abc  -\ninactive"), "abc").verdict).toBe("constraint broken");
        expect(judgeKeepalived(said("abc  -\nactive\n/etc/systemd/system/keepalived.service.d"), "abc").verdict).toBe(
            "constraint broken",
        );
    });

    it("finds changed and missing manifests", () => {
        expect(judgeFiles(said("1  a.yaml\n2  b.yaml"), { "a.yaml": "1", "b.yaml": "2" }).verdict).toBe("pass");
        expect(judgeFiles(said("1  a.yaml\n3  b.yaml"), { "a.yaml": "1", "b.yaml": "2" }).verdict).toBe(
            "constraint broken",
        );
        expect(judgeFiles(said("1  a.yaml"), { "a.yaml": "1", "b.yaml": "2" }).verdict).toBe("constraint broken");
    });

    it("finds changed objects, and does not pass what it couldn't compare", () => {
        expect(judgeObjects(said("")).verdict).toBe("pass");
        expect(
            judgeObjects(
                said("diff -u -N /tmp/LIVE-1/cert-manager.io.v1.ClusterIssuer..ictsc-acme /tmp/MERGED-1/x", 1),
            ),
        ).toEqual({
            verdict: "constraint broken",
            reason: "changed: cert-manager.io.v1.ClusterIssuer..ictsc-acme",
        });
        expect(judgeObjects(said("", 2, "refused")).verdict).toBe("unsolved");
    });
});

describe("exitCodeOf", () => {
    const of = (...verdicts: ("pass" | "unsolved" | "constraint broken")[]) =>
        exitCodeOf(verdicts.map((verdict) => ({ verdict, reason: "" })));

    it("puts a broken constraint before an unsolved problem", () => {
        expect(of("pass", "pass")).toBe(0);
        expect(of("pass", "unsolved")).toBe(1);
        expect(of("unsolved", "constraint broken")).toBe(2);
    });
});
