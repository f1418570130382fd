import { describe, expect, it } from "vitest";
import { judgeCertificate } from "./certificate";

const certificate = (issuerRef: { name: string; kind?: string }, ready?: string) => ({
    spec: { issuerRef },
    ...(ready ? { status: { conditions: [{ type: "Ready", status: ready }] } } : {}),
});

describe("judgeCertificate", () => {
    const issuerRef = { kind: "ClusterIssuer", name: "ictsc-acme" };

    it("wants it Ready", () => {
        expect(judgeCertificate(certificate(issuerRef, "True")).verdict).toBe("pass");
        expect(judgeCertificate(certificate(issuerRef, "False")).verdict).toBe("unsolved");
        expect(judgeCertificate(certificate(issuerRef)).verdict).toBe("unsolved");
        expect(judgeCertificate(undefined).verdict).toBe("unsolved");
    });

    it("wants it of the problem's issuer", () => {
        expect(judgeCertificate(certificate({ kind: "ClusterIssuer", name: "other" }, "True")).verdict).toBe(
            "constraint broken",
        );
        expect(judgeCertificate(certificate({ name: "ictsc-acme" }, "True")).verdict).toBe("constraint broken");
    });
});
