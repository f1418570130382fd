/**
 * Formats or vets the Go files of all modules: go.ts format|lint|lint-all
 * `lint` checks their format only. Vetting compiles all that they call, Kubernetes and Pulumi among it: half an hour from
 * an empty cache, and minutes after a build. Our packages only call upstream's.
 * The compiler's flags are those of the builds (toolchain/go.sh), so that its cache serves both.
 */
import { spawnSync } from "node:child_process";
import { sourceFiles } from "./files";
import { type GoModule, goModules } from "./go-modules";

const modules = goModules(sourceFiles());
const files = modules.flatMap((module) => module.files);

/** Whether the command succeeded and, with `silent`, printed nothing. Its output is shown. */
function succeeds([program, ...args]: [string, ...string[]], { silent = false } = {}): boolean {
    const { error, status, stdout } = spawnSync(program, args, {
        stdio: ["ignore", "pipe", "inherit"],
        encoding: "utf8",
    });
    if (error) {
        console.error(`${program} cannot be run: ${error.message}. Run the linters with the lab's Go: make lint`);
        return false;
    }
    process.stdout.write(stdout);
    return status === 0 && !(silent && stdout.trim());
}

/** Whether all files are formatted and the modules pass go vet. */
function lint(vetted: GoModule[]): boolean {
    if (!succeeds(["gofmt", "-l", ...files], { silent: true })) {
        console.error("Not formatted: the files above. Format them: npm run format");
        return false;
    }
    return vetted.every(({ folder }) => succeeds(["toolchain/go.sh", "vet", folder, "-mod=readonly", "./..."]));
}

/** Whether the files that Go files embed were generated. */
function generate({ folder }: GoModule): boolean {
    return succeeds(["go", "-C", folder, "generate", "./..."]);
}

const actions: Record<string, () => boolean> = {
    format: () => succeeds(["gofmt", "-w", ...files]),
    lint: () => lint([]),
    "lint-all": () => modules.every(generate) && lint(modules),
};

const action = actions[process.argv[2] ?? ""];
if (!action) {
    console.error(`usage: go.ts ${Object.keys(actions).join("|")}`);
}
process.exitCode = action?.() ? 0 : 1;
