/**
 * Removes the descriptions from a manifest's schemas: without-descriptions.ts <MANIFEST >MANIFEST
 *
 * They are two thirds of cert-manager's manifest, which an emulated API server reads again and again, and which Pulumi
 * writes to its state at each of a lab's hundreds of steps. `kubectl explain` still shows every field and its type.
 */
import { readFileSync } from "node:fs";
import { isScalar, parseAllDocuments, visit } from "yaml";

for (const document of parseAllDocuments(readFileSync(0, "utf8"))) {
    visit(document, {
        // A property can be named description, too: its value is a schema and not a text.
        Pair: (_, { key, value }) =>
            isScalar(key) && key.value === "description" && isScalar(value) ? visit.REMOVE : undefined,
    });
    process.stdout.write(document.toString({ lineWidth: 0 }));
}
