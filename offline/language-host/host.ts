import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ServerWritableStream } from "@grpc/grpc-js";
import type { ILanguageRuntimeServer } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
    AboutResponse,
    DependencyInfo,
    type GetProgramDependenciesRequest,
    GetProgramDependenciesResponse,
    type GetRequiredPackagesRequest,
    GetRequiredPackagesResponse,
    type GetRequiredPluginsRequest,
    GetRequiredPluginsResponse,
    type InstallDependenciesRequest,
    InstallDependenciesResponse,
    type LanguageHandshakeRequest,
    LanguageHandshakeResponse,
    type ProgramInfo,
    type RunRequest,
} from "@pulumi/pulumi/proto/language_pb";
import { PluginDependency, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { unary } from "../engine/serve";
import { installedDependencies, readManifest, requiredPackages } from "./packages";
import { runProgram } from "./run";

const directoryOf = (request: { getInfo(): ProgramInfo | undefined }) => request.getInfo()?.getProgramDirectory() ?? "";

/**
 * Runs programs for Pulumi's engine:
 * https://pulumi-developer-docs.readthedocs.io/latest/docs/architecture/languages.html
 */
export class LanguageHost {
    private readonly canceled = new AbortController();
    private running: Promise<unknown> = Promise.resolve();

    /**
     * @param version the version of Pulumi that the host belongs to
     * @param engine the engine's address, host:port
     */
    constructor(
        private readonly version: string,
        private engine: string,
    ) {}

    /** Ends the running program; resolves when it has ended. */
    async stop(): Promise<void> {
        this.canceled.abort();
        await Promise.allSettled([this.running]);
    }

    /** The methods of the gRPC service. */
    readonly service: Partial<ILanguageRuntimeServer> = {
        handshake: unary((request: LanguageHandshakeRequest) => {
            this.engine = request.getEngineAddress();
            return new LanguageHandshakeResponse();
        }),
        getPluginInfo: unary(() => new PluginInfo().setVersion(this.version)),
        about: unary(() => new AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
        // The engine calls it when the user interrupts an update.
        cancel: unary(() => {
            this.canceled.abort();
            return new Empty();
        }),
        run: unary((request: RunRequest) => {
            const response = runProgram(request, this.engine, this.canceled.signal);
            this.running = response;
            return response;
        }),
        getRequiredPackages: unary((request: GetRequiredPackagesRequest) =>
            new GetRequiredPackagesResponse().setPackagesList(requiredPackages(directoryOf(request))),
        ),
        getRequiredPlugins: unary((request: GetRequiredPluginsRequest) =>
            new GetRequiredPluginsResponse().setPluginsList(
                requiredPackages(directoryOf(request)).map((required) =>
                    new PluginDependency()
                        .setKind(required.getKind())
                        .setName(required.getName())
                        .setVersion(required.getVersion())
                        .setServer(required.getServer()),
                ),
            ),
        ),
        // For `pulumi about`.
        getProgramDependencies: unary((request: GetProgramDependenciesRequest) => {
            const { dependencies } = readManifest(directoryOf(request));
            return new GetProgramDependenciesResponse().setDependenciesList(
                installedDependencies(directoryOf(request))
                    .filter(({ name }) => request.getTransitivedependencies() || name in dependencies)
                    .map(({ name, version }) => new DependencyInfo().setName(name).setVersion(version)),
            );
        }),
        // For `pulumi install`.
        installDependencies: (call: ServerWritableStream<InstallDependenciesRequest, InstallDependenciesResponse>) => {
            const directory = directoryOf(call.request);
            const command = existsSync(join(directory, "package-lock.json")) ? "ci" : "install";
            // The scripts of Pulumi's packages would download plugins.
            const npm = spawn("npm", [command, "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: directory });
            npm.stdout.on("data", (data) => call.write(new InstallDependenciesResponse().setStdout(data)));
            npm.stderr.on("data", (data) => call.write(new InstallDependenciesResponse().setStderr(data)));
            npm.once("error", (error) => call.destroy(error));
            npm.once("close", (code) =>
                code === 0 ? call.end() : call.destroy(new Error(`npm ${command} ended with exit status ${code}`)),
            );
        },
    };
}
