import { type Evidence, sectionOf } from "./evidence/evidence";
import { missing } from "./missing";
import { broken, type Finding, pass } from "./outcome";

/** The protected manifests on host are the files that were written there. */
export function evaluateManifests(evidence: Evidence): Finding {
    const section = sectionOf(evidence, "host", "manifests");
    return section
        ? evaluateFiles(section.text, evidence.expected.manifests)
        : missing(evidence, "host", "the manifests' digests");
}

/** @param digests lines of sha256sum(1) @param expected file name to digest */
export function evaluateFiles(digests: string, expected: Record<string, string>): Finding {
    const found = new Map(digests.split("\n").map((line) => line.split(/\s+/).reverse() as [string, string]));
    const changed = Object.keys(expected).filter((name) => found.get(name) !== expected[name]);
    return changed.length > 0 ? broken(`changed or missing: ${changed.join(", ")}`) : pass("as they were deployed");
}
