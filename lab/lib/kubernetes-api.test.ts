import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { needs } from "../../tests/programs";
import { allNamespaces, Cluster, UnservedKindError } from "./kubernetes-api";
import { run } from "./run";

const certificate = { apiVersion: "cert-manager.io/v1", kind: "Certificate", metadata: { name: "www" } };

needs("openssl").describe("Cluster", () => {
    const requests: string[] = [];
    let cluster: Cluster;
    let stop: () => void;

    beforeAll(async () => {
        const name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
        const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "-"];
        const pem = (await run("openssl", ["req", "-x509", ...key, ...name])).stdout;
        const server = createServer({ key: pem, cert: pem }, async (request, response) => {
            const line = `${request.method} ${request.url}`;
            const isFirst = !requests.includes(line);
            requests.push(line);
            const responses: Record<string, [number, unknown]> = {
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
                "GET /apis/cert-manager.io/v1/certificates?resourceVersion=0": [
                    200,
                    { items: [{ metadata: { name: "cached" } }] },
                ],
                "GET /apis/cert-manager.io/v1/namespaces/default/certificates/broken": [403, { message: "broken" }],
                "GET /apis/cert-manager.io/v1/namespaces/default/certificates/recovering": [isFirst ? 504 : 200, {}],
                "GET /apis/cert-manager.io/v1/namespaces/default/certificates/busy": [503, { message: "too busy" }],
                "GET /apis/absent.io/v1": [404, {}],
            };
            if (request.url?.endsWith("/hanging")) {
                return;
            }
            const [status, body] = responses[line] ?? [403, {}];
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

    const named = (name: string) => ({ ...certificate, metadata: { name } });

    it("reads an object, and undefined when there is none", async () => {
        expect(await cluster.read(certificate)).toEqual({ spec: { from: "live" } });
        expect(await cluster.read(named("other"))).toBeUndefined();
        expect(requests.filter((request) => request === "GET /apis/cert-manager.io/v1")).toHaveLength(1);
    });

    it("lists a kind in a namespace or in all, with the kind in each object", async () => {
        const listed = { apiVersion: "cert-manager.io/v1", kind: "Certificate" };
        expect(await cluster.list(listed)).toEqual([{ ...listed, metadata: { name: "www" } }]);
        expect(await cluster.list(listed, allNamespaces)).toEqual([{ ...listed, metadata: { name: "elsewhere" } }]);
        const cached = await cluster.list(listed, allNamespaces, { fromCache: true });
        expect(cached).toEqual([{ ...listed, metadata: { name: "cached" } }]);
    });

    it("repeats a request after a transient error, until the deadline", async () => {
        expect(await cluster.read(named("recovering"))).toBeDefined();
        await expect(cluster.read(named("busy"))).rejects.toThrow("HTTP 503");
        expect(requests.filter((request) => request.endsWith("/busy")).length).toBeGreaterThan(1);
    });

    it("fails when the API server does not respond before the deadline", async () => {
        await expect(cluster.read(named("hanging"))).rejects.toThrow("does not respond: no response within 2 s");
    });

    it("fails with the API server's message", async () => {
        await expect(cluster.read(named("broken"))).rejects.toThrow('HTTP 403: {"message":"broken"}');
    });

    it("distinguishes a kind that is not served", async () => {
        const unknown = [
            [{ ...certificate, kind: "Unknown" }, "The API server has no Unknown in cert-manager.io/v1"],
            [{ ...certificate, apiVersion: "absent.io/v1" }, "The API server has no Certificate in absent.io/v1"],
        ] as const;
        for (const [object, message] of unknown) {
            await expect(cluster.read(object)).rejects.toThrow(new UnservedKindError(message));
        }
    });
});
