import { expect, it } from "vitest";
import { manifestText } from "../../infra/workloads/manifest-files";
import { manifestObjects } from "../../infra/workloads/manifest-stages";
import { certificateName, isLabIssuer, labIssuer, parseCertificate } from "./certificate";
import type { KubernetesObject } from "./kubernetes-api";

const certificate = (issuerRef: object, ...conditions: object[]) => ({
    metadata: { name: certificateName },
    spec: { issuerRef },
    status: { conditions },
});

it("reads name, issuer, READY and its reason", () => {
    const ready = { type: "Ready", status: "False", message: "Issuing certificate as Secret does not exist" };
    expect(parseCertificate(certificate(labIssuer, { type: "Issuing", status: "True" }, ready))).toEqual({
        name: certificateName,
        issuer: labIssuer,
        ready: "False",
        message: "Issuing certificate as Secret does not exist",
    });
});

it("reads READY Unknown of a certificate without conditions", () => {
    expect(parseCertificate(certificate(labIssuer))).toMatchObject({
        ready: "Unknown",
        message: "no condition Ready yet",
    });
    expect(parseCertificate({ metadata: { name: "www" }, spec: { issuerRef: labIssuer } }).ready).toBe("Unknown");
});

it("recognizes the lab's issuer, not a namespaced Issuer of its name", () => {
    const issuerOf = (reference: object) => parseCertificate(certificate(reference)).issuer;
    expect(isLabIssuer(issuerOf({ kind: "ClusterIssuer", name: "ictsc-acme" }))).toBe(true);
    expect(isLabIssuer(issuerOf({ name: "ictsc-acme" }))).toBe(false);
    expect(isLabIssuer(issuerOf({ kind: "ClusterIssuer", name: "other" }))).toBe(false);
});

it("agrees with the manifests", () => {
    const objects = (name: "root-ca.yaml" | "web.yaml") =>
        manifestObjects<KubernetesObject>(manifestText(name, "root"));
    expect(
        objects("root-ca.yaml").filter((object) => isLabIssuer({ kind: object.kind, name: object.metadata.name })),
    ).toHaveLength(1);
    const [ingress] = objects("web.yaml").filter(({ kind }) => kind === "Ingress");
    expect(ingress?.spec.tls[0].secretName).toBe(certificateName);
});
