import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import execa from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { needs } from "../../tests/programs";
import { allNamespaces, Cluster } from "./kubernetes-api";

const certificate = { apiVersion: "cert-manager.io/v1", kind: "Certificate", metadata: { name: "www" } };

needs("openssl").describe("Cluster", () => {
    const asked: string[] = [];
    let cluster: Cluster;
    let stop: () => void;

    beforeAll(async () => {
        const name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
        const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "-"];
        const pem = (await execa("openssl", ["req", "-x509", ...key, ...name])).stdout;
        const server = createServer({ key: pem, cert: pem }, async (request, response) => {
            const question = `${request.method} ${request.url}`;
            const isFirst = !asked.includes(question);
            asked.push(question);
            const answers: Record<string, [number, unknown]> = {
                "GET /apis/cert-manager.io/v1": [
                    200,
                    {
                        resources: [
                            { name: "certificates", kind: "Certificate", namespaced: true },
                            { name: "certificates/status", kind: "Certificate", namespaced: true },
                        ],
                    },
                ],
                "GET /apis/cert-manager.io/v1/namespaces/default/certificates/www": [200, { spec: { from: "live" } }],
                "GET /apis/cert-manager.io/v1/namespaces/default/certificates/other": [404, {}],
                "GET /apis/cert-manager.io/v1/namespaces/default/certificates": [
                    200,
                    { items: [{ metadata: { name: "www" } }] },
                ],
                "GET /apis/cert-manager.io/v1/certificates": [200, { items: [{ metadata: { name: "elsewhere" } }] }],
                "PUT /apis/cert-manager.io/v1/namespaces/default/certificates/www?dryRun=All": [422, {}],
                "GET /apis/cert-manager.io/v1/namespaces/default/certificates/broken": [500, { message: "broken" }],
                "GET /apis/cert-manager.io/v1/namespaces/default/certificates/recovering": [isFirst ? 504 : 200, {}],
                "GET /apis/cert-manager.io/v1/namespaces/default/certificates/busy": [503, { message: "too busy" }],
            };
            const [status, body] = answers[question] ?? [500, {}];
            response.writeHead(status).end(JSON.stringify(body));
        });
        await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
        stop = () => server.close();
        const data = Buffer.from(pem).toString("base64");
        cluster = new Cluster(
            JSON.stringify({
                clusters: [
                    {
                        cluster: {
                            server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
                            "certificate-authority-data": data,
                        },
                    },
                ],
                users: [{ user: { "client-certificate-data": data, "client-key-data": data } }],
            }),
            2,
        );
    });

    afterAll(() => {
        cluster.close();
        stop();
    });

    it("reads an object, and says when there is none", async () => {
        expect(await cluster.read(certificate)).toEqual({ spec: { from: "live" } });
        expect(await cluster.read({ ...certificate, metadata: { name: "other" } })).toBeUndefined();
        expect(asked.filter((request) => request === "GET /apis/cert-manager.io/v1")).toHaveLength(1);
    });

    it("lists a kind in a namespace or in all, and says of each object what it is", async () => {
        const listed = { apiVersion: "cert-manager.io/v1", kind: "Certificate" };
        expect(await cluster.list(listed)).toEqual([{ ...listed, metadata: { name: "www" } }]);
        expect(await cluster.list(listed, allNamespaces)).toEqual([{ ...listed, metadata: { name: "elsewhere" } }]);
    });

    it("says when the API server refuses a replacement", async () => {
        expect(await cluster.replacement(certificate, certificate)).toBeUndefined();
    });

    it("asks a busy API server again, until the deadline", async () => {
        expect(await cluster.read({ ...certificate, metadata: { name: "recovering" } })).toBeDefined();
        await expect(cluster.read({ ...certificate, metadata: { name: "busy" } })).rejects.toThrow("HTTP 503");
        expect(asked.filter((request) => request.endsWith("/busy")).length).toBeGreaterThan(1);
    });

    it("fails with what the API server says, and for a kind that it does not have", async () => {
        await expect(cluster.read({ ...certificate, metadata: { name: "broken" } })).rejects.toThrow("HTTP 500");
        await expect(cluster.read({ ...certificate, kind: "Unknown" })).rejects.toThrow(
            "no Unknown in cert-manager.io/v1",
        );
    });
});
