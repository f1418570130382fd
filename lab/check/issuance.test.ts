import { expect, it } from "vitest";
import { judgeIssuance } from "./issuance";

const requests = (name: string, certificate?: string) => [
    { spec: { issuerRef: { name } }, status: certificate ? { certificate } : undefined },
];

it("passes what the issuer answered", () => {
    expect(judgeIssuance("QQ==", requests("ictsc-acme", "QQ==")).verdict).toBe("pass");
});

it("is not solved without a certificate", () => {
    expect(judgeIssuance(undefined, requests("ictsc-acme")).verdict).toBe("unsolved");
});

it("does not take a certificate from elsewhere for it", () => {
    expect(judgeIssuance("Qg==", requests("ictsc-acme", "QQ==")).verdict).toBe("unsolved");
    expect(judgeIssuance("Qg==", requests("ictsc-acme")).verdict).toBe("unsolved");
    expect(judgeIssuance("QQ==", requests("self-signed", "QQ==")).verdict).toBe("unsolved");
});
