import { describe, expect, it } from "vitest";
import { parseCertificate, parseChallenges, parseNodes } from "./cluster";

const list = (...items: object[]) => JSON.stringify({ kind: "List", items });
const object = (name: string, ready?: { status: string; message?: string }) => ({
    metadata: { name },
    status: ready && {
        conditions: [
            { type: "Issuing", status: "True" },
            { type: "Ready", ...ready },
        ],
    },
});

it("takes a node without the condition Ready for not Ready", () => {
    expect(parseNodes(list(object("k8s-master", { status: "True" }), object("k8s-worker1")))).toEqual([
        { name: "k8s-master", ready: true },
        { name: "k8s-worker1", ready: false },
    ]);
});

describe("parseCertificate", () => {
    it("reads READY and why", () => {
        const message = "Issuing certificate as Secret does not exist";
        expect(parseCertificate(list(object("www-ictsc-test-tls", { status: "False", message })))).toEqual({
            ready: "False",
            message,
        });
    });

    it("tells a certificate that nobody has looked at from none", () => {
        expect(parseCertificate(list(object("www-ictsc-test-tls")))?.ready).toBe("Unknown");
        expect(parseCertificate(list())).toBeUndefined();
    });
});

it("reads challenges, new ones too", () => {
    const pending = { status: { state: "pending", reason: "Waiting for HTTP-01 challenge propagation" } };
    expect(parseChallenges(list(pending, {}))).toEqual([pending.status, { state: "new", reason: "no reason yet" }]);
});
