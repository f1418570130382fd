import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { manifestPath } from "./manifest-files";
import { manifestStages, needsNodes } from "./manifest-stages";

const kinds = (text: string) => manifestStages(text).map((stage) => stage.map((object) => object.kind));

describe("manifestStages", () => {
    it("orders objects by their requirements", () => {
        const text = ["apps/v1 Deployment", "cert-manager.io/v1 Issuer", "v1 Service", "v1 ConfigMap", "v1 Namespace"]
            .map((object) => object.split(" "))
            .map(([apiVersion, kind]) => `apiVersion: ${apiVersion}\nkind: ${kind}\n`)
            .join("---\n");
        expect(kinds(text)).toEqual([["Namespace"], ["ConfigMap"], ["Issuer"], ["Deployment", "Service"]]);
    });

    it("contains every object, and each of cert-manager's definitions in a stage of one", () => {
        const text = readFileSync(manifestPath("cert-manager.yaml"), "utf8");
        const stages = kinds(text);
        expect(stages.slice(0, 7)).toEqual([["Namespace"], ...Array(6).fill(["CustomResourceDefinition"])]);
        expect(stages.at(-1)?.sort()).toEqual([...Array(3).fill("Deployment"), ...Array(3).fill("Service")]);
        expect(stages.flat()).toHaveLength(text.match(/^kind:/gm)?.length ?? 0);
    });

    it("skips empty documents", () => {
        expect(manifestStages("---\n# only a comment\n---\n")).toEqual([]);
    });
});

describe("needsNodes", () => {
    it.each([
        ["cert-manager.yaml", 1],
        ["ingress-controller.yaml", 1],
        ["root-ca.yaml", 1],
        ["web.yaml", 2],
    ] as const)("%s: the last %i stages wait for nodes", (name, count) => {
        const waits = manifestStages(readFileSync(manifestPath(name), "utf8")).map((stage) => needsNodes(name, stage));
        expect(waits.filter((wait) => wait)).toHaveLength(count);
        expect(waits.slice(-count)).not.toContain(false);
    });
});
