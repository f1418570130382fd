import { spawn } from "node:child_process";
import { join } from "node:path";
import { type RunRequest, RunResponse } from "@pulumi/pulumi/proto/language_pb";
import { z } from "zod";
import { findPackage } from "./packages";

/** The runner's exit code after it has shown an error to the user: cmd/run/index.ts of @pulumi/pulumi. */
const exitedAfterMessage = 32;

/** Milliseconds from SIGTERM to SIGKILL for a program. */
const gracePeriod = 5_000;

/**
 * The options under `runtime` in Pulumi.yaml that the host supports, all of
 * https://www.pulumi.com/docs/iac/languages-sdks/javascript/#pulumi-project-options-for-javascript but package managers
 * other than npm.
 */
const optionsSchema = z.strictObject({
    typescript: z.boolean().default(true),
    tsconfig: z.string().optional(),
    nodeargs: z
        .string()
        .regex(/^[^'"\\]*$/, "quotes are not supported")
        .default(""),
    packagemanager: z.literal("npm").optional(),
});

/**
 * Runs the program with the runner of the @pulumi/pulumi that it has installed. The program inherits the host's
 * output, which the engine shows. When the signal aborts, the program ends.
 *
 * @param engine the engine's address, host:port
 */
export async function runProgram(request: RunRequest, engine: string, signal: AbortSignal): Promise<RunResponse> {
    const info = request.getInfo();
    const directory = info?.getProgramDirectory() ?? "";
    const options = readOptions(info?.getOptions()?.toJavaScript() ?? {});
    const runner = join(findPackage(directory, "@pulumi/pulumi"), "cmd", "run");
    const nodeOptions = options.nodeargs.split(/\s+/).filter((option) => option !== "");
    const program = spawn(process.execPath, [...nodeOptions, runner, ...runnerArguments(request, engine)], {
        cwd: directory,
        env: {
            ...process.env,
            PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
            PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
            PULUMI_NODEJS_TYPESCRIPT: String(options.typescript),
            ...(options.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
        },
        stdio: "inherit",
    });
    const abort = () => {
        program.kill("SIGTERM");
        setTimeout(() => program.kill("SIGKILL"), gracePeriod).unref();
    };
    signal.addEventListener("abort", abort);
    try {
        const [code, name] = await new Promise<[number | null, string | null]>((resolve, reject) => {
            program.once("error", reject).once("close", (...end) => resolve(end));
            if (signal.aborted) {
                abort();
            }
        });
        if (signal.aborted) {
            return new RunResponse().setError("the program was canceled");
        }
        if (code === exitedAfterMessage) {
            return new RunResponse().setBail(true);
        }
        return new RunResponse().setError(
            code === 0 ? "" : `the program ${name ? `was ended by ${name}` : `ended with exit status ${code}`}`,
        );
    } finally {
        signal.removeEventListener("abort", abort);
    }
}

/** Rejects options that the host would otherwise ignore. */
export function readOptions(values: unknown): z.infer<typeof optionsSchema> {
    const { data, error } = optionsSchema.safeParse(values);
    if (error) {
        throw new Error(
            `Pulumi.yaml: the runtime options ${JSON.stringify(values)} are not supported by the lab's language host: ` +
                `${z.prettifyError(error)}\nUse typescript (true or false), tsconfig, nodeargs and packagemanager: npm.`,
        );
    }
    return data;
}

/** The arguments of @pulumi/pulumi's cmd/run; the program's entry point and arguments are the last. */
export function runnerArguments(request: RunRequest, engine: string): string[] {
    const info = request.getInfo();
    const options = {
        monitor: request.getMonitorAddress(),
        engine,
        organization: request.getOrganization(),
        project: request.getProject(),
        stack: request.getStack(),
        pwd: request.getPwd(),
        parallel: request.getParallel(),
        "query-mode": request.getQuerymode(),
        "root-directory": info?.getRootDirectory() ?? "",
    };
    return [
        ...Object.entries(options).flatMap(([name, value]) => (value === "" ? [] : [`--${name}`, String(value)])),
        ...(request.getDryrun() ? ["--dry-run"] : []),
        // For "." the runner reads package.json.
        info?.getEntryPoint() || ".",
        ...request.getArgsList(),
    ];
}
