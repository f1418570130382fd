import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { PackageDependency, PackageParameterization } from "@pulumi/pulumi/proto/plugin_pb";
import { z } from "zod";

const names = z.record(z.string(), z.string()).default({});

/**
 * The fields of a package.json that the host reads. `pulumi` names the plugin that serves a package:
 * https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/
 */
const manifestSchema = z.object({
    name: z.string().default(""),
    version: z.string().default(""),
    dependencies: names,
    optionalDependencies: names,
    devDependencies: names,
    pulumi: z
        .object({
            resource: z.boolean().default(false),
            name: z.string().optional(),
            version: z.string().optional(),
            server: z.string().default(""),
            parameterization: z.object({ name: z.string(), version: z.string(), value: z.base64() }).optional(),
        })
        .optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** The package.json of a folder. */
export function readManifest(folder: string): Manifest {
    const file = join(folder, "package.json");
    try {
        return manifestSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    } catch (error) {
        throw new Error(`${file} cannot be read: ${(error as Error).message}`);
    }
}

/**
 * The folder of an installed package, links resolved, found as Node.js does: in the node_modules of a folder and of
 * those above it. An error names a package that is not installed.
 */
export function findPackage(from: string, name: string): string {
    for (let at = from; ; at = dirname(at)) {
        const folder = join(at, "node_modules", name);
        if (existsSync(join(folder, "package.json"))) {
            return realpathSync(folder);
        }
        if (at === dirname(at)) {
            throw new Error(`the npm package ${name}, required in ${from}, is not installed: run npm ci`);
        }
    }
}

/**
 * The packages that a program depends on, directly and indirectly, each once. Of development dependencies only the
 * program's own count; they and optional ones may be missing.
 */
export function installedDependencies(program: string): Manifest[] {
    const found = new Map<string, Manifest>();
    const visit = (from: string, dependencies: Record<string, string>, required: boolean) => {
        for (const name of Object.keys(dependencies)) {
            let folder: string;
            try {
                folder = findPackage(from, name);
            } catch (error) {
                if (required) {
                    throw error;
                }
                continue;
            }
            if (!found.has(folder)) {
                const manifest = readManifest(folder);
                found.set(folder, manifest);
                visit(folder, manifest.dependencies, true);
                visit(folder, manifest.optionalDependencies, false);
            }
        }
    };
    const root = readManifest(program);
    visit(program, root.dependencies, true);
    visit(program, root.devDependencies, false);
    visit(program, root.optionalDependencies, false);
    return [...found.values()];
}

/**
 * The packages among a program's dependencies that a plugin serves. Without them the engine takes the plugins' versions
 * from the last state, and shows a parameterized provider as changed.
 */
export function requiredPackages(program: string): PackageDependency[] {
    return installedDependencies(program).flatMap(({ name, version, pulumi }) => {
        if (!pulumi?.resource) {
            return [];
        }
        const dependency = new PackageDependency()
            .setKind("resource")
            .setName(pulumi.name ?? name.replace(/^.*\//, ""))
            .setVersion(pulumi.version ?? version)
            .setServer(pulumi.server);
        const parameter = pulumi.parameterization;
        if (parameter) {
            dependency.setParameterization(
                new PackageParameterization()
                    .setName(parameter.name)
                    .setVersion(parameter.version)
                    .setValue(parameter.value),
            );
        }
        return [dependency];
    });
}
