import { join } from "node:path";
import { expect, it } from "vitest";
import { repositoryRoot } from "../../../infra/config/config-files";
import { run } from "../../../lab/lib/run";

const script = join(repositoryRoot, "image", "software", "cert-manager", "without-descriptions.ts");

it("takes out texts, and leaves comments and a property that is called description", async () => {
    const schema = (description: string) => `# Source: a chart
kind: CustomResourceDefinition
schema:
${description}  type: object
  properties:
    description:
${description.replaceAll("  ", "      ")}      type: string
---
kind: Deployment
`;
    const { stdout } = await run(join(repositoryRoot, "node_modules", ".bin", "tsx"), [script], {
        stdin: schema("  description: The object's purpose.\n"),
    });
    expect(`${stdout}\n`).toBe(schema(""));
});
