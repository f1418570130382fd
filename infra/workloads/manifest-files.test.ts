import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../config/config-files";
import { manifestNames, manifestPath, manifestText, rootCertificatePlaceholder } from "./manifest-files";

describe("the manifests", () => {
    it("name images with the versions of the machine image", () => {
        const versions = readFileSync(join(repositoryRoot, "image", "versions.env"), "utf8");
        const version = (name: string) => new RegExp(`^${name}_VERSION=(.*)$`, "m").exec(versions)?.[1];
        const images = manifestNames
            .flatMap((name) => [...readFileSync(manifestPath(name), "utf8").matchAll(/^ *image: "?([^"\n]+)/gm)])
            .map(([, image]) => image);
        expect(images).toEqual([
            ...["cainjector", "controller", "webhook"].map(
                (program) => `quay.io/jetstack/cert-manager-${program}:${version("CERT_MANAGER")}`,
            ),
            `quay.io/jcmoraisjr/haproxy-ingress:${version("HAPROXY_INGRESS")}`,
            `nginx:${version("NGINX")}`,
        ]);
    });

    it("contain the root certificate in place of the placeholder", () => {
        const texts = manifestNames.map((name) => manifestText(name, "PEM"));
        expect(texts.join()).not.toContain(rootCertificatePlaceholder);
        expect(texts[manifestNames.indexOf("root-ca.yaml")]).toContain(Buffer.from("PEM").toString("base64"));
    });
});
