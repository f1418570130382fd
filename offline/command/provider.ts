import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
    CheckFailure,
    type CheckRequest,
    CheckResponse,
    ConfigureResponse,
    type CreateRequest,
    CreateResponse,
    type DeleteRequest,
    type DiffRequest,
    DiffResponse,
    GetSchemaResponse,
    type ReadRequest,
    ReadResponse,
    type UpdateRequest,
    UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { z } from "zod";
import type { Log } from "../engine/log";
import { type Properties, plain, read, unknown, write } from "../engine/properties";
import { unary } from "../engine/serve";
import { localInputs, runLocally } from "./local";
import { remoteInputs, runRemotely } from "./remote";
import { type Runner, runScript } from "./script";

/** A resource type: the schema of its inputs, and how it runs scripts. */
interface ResourceType {
    inputs: z.ZodRawShape;
    runner(inputs: unknown): Runner;
}

const resourceTypes: Record<string, ResourceType> = {
    "command:local:Command": { inputs: localInputs, runner: runLocally },
    "command:remote:Command": { inputs: remoteInputs, runner: runRemotely },
};

/** The remedy for an unsupported feature. */
const remedy = "install the official command plugin: LAB_TOOLCHAIN=official make setup";

/** Returns the type that a URN names: urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME. */
function typeOf(urn: string): ResourceType {
    const name = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const type = resourceTypes[name];
    if (type === undefined) {
        throw new Error(`resource type ${name} is not supported by the lab's command plugin; ${remedy}`);
    }
    return type;
}

/** The mistakes in a resource's inputs, by property. Values that are unknown during a preview are accepted. */
export function failures(urn: string, inputs: Properties): { property: string; reason: string }[] {
    const { error } = z.strictObject(typeOf(urn).inputs).safeParse(plain(inputs));
    return (error?.issues ?? []).flatMap((issue) => {
        const value = issue.path.reduce<unknown>((at, key) => (at as Properties)?.[key as string], plain(inputs));
        const property = issue.path.join(".");
        if (value === unknown) {
            return [];
        }
        if (issue.code === "unrecognized_keys") {
            return issue.keys.map((key) => ({
                property: property === "" ? key : `${property}.${key}`,
                reason: `the input is not supported by the lab's command plugin; ${remedy}`,
            }));
        }
        return [{ property, reason: value === undefined ? "the input is required" : issue.message }];
    });
}

/** The changed properties. A change of `triggers` replaces the resource, any other updates it. */
export function changes(before: Properties, after: Properties): { changed: string[]; replacing: string[] } {
    const [old, current] = [plain(before) as Properties, plain(after) as Properties];
    const changed = [...new Set([...Object.keys(old), ...Object.keys(current)])].filter(
        (key) => !isDeepStrictEqual(old[key], current[key]),
    );
    return { changed, replacing: changed.filter((key) => key === "triggers") };
}

/** Serves the packages command:local and command:remote over Pulumi's provider protocol. */
export class CommandProvider {
    /** The running operations, each with the controller that ends it. */
    private readonly running = new Map<AbortController, Promise<unknown>>();
    private stopped = false;

    /**
     * @param version the version of the npm package @pulumi/command
     * @param logOf the log of the resource with a URN
     */
    constructor(
        private readonly version: string,
        private readonly logOf: (urn: string) => Log,
    ) {}

    /** Ends all scripts; resolves when they have ended. */
    async stop(): Promise<void> {
        this.stopped = true;
        for (const operation of this.running.keys()) {
            operation.abort(new Error("interrupted"));
        }
        await Promise.allSettled(this.running.values());
    }

    /**
     * Runs the script of an operation, and returns the resource's new state. Inputs that are secret stay secret.
     *
     * @param timeout in seconds, 0 for none
     */
    async run(
        operation: "create" | "update" | "delete",
        urn: string,
        inputs: Properties,
        previous: Properties,
        timeout: number,
    ): Promise<Properties> {
        if (this.stopped) {
            throw new Error("interrupted");
        }
        const opened = plain(inputs);
        const controller = new AbortController();
        const expire = () => controller.abort(new Error(`timed out after ${timeout} s`));
        const timer = timeout > 0 ? setTimeout(expire, timeout * 1000) : undefined;
        const output = runScript(operation, opened, plain(previous), {
            run: typeOf(urn).runner(opened),
            log: this.logOf(urn),
            signal: controller.signal,
        });
        this.running.set(controller, output);
        try {
            return { ...inputs, ...(await output) };
        } finally {
            clearTimeout(timer);
            this.running.delete(controller);
        }
    }

    /** The methods of the gRPC service. */
    readonly service: Partial<IResourceProviderServer> = {
        getPluginInfo: unary(() => new PluginInfo().setVersion(this.version)),
        // Programs use the official SDK, so no type is described.
        getSchema: unary(() =>
            new GetSchemaResponse().setSchema(JSON.stringify({ name: "command", version: this.version })),
        ),
        checkConfig: unary((request: CheckRequest) => new CheckResponse().setInputs(request.getNews())),
        diffConfig: unary(() => new DiffResponse().setChanges(DiffResponse.DiffChanges.DIFF_NONE)),
        configure: unary(() => new ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true)),
        cancel: unary(() => {
            void this.stop();
            return new Empty();
        }),

        check: unary((request: CheckRequest) =>
            new CheckResponse()
                .setInputs(request.getNews())
                .setFailuresList(
                    failures(request.getUrn(), read(request.getNews())).map(({ property, reason }) =>
                        new CheckFailure().setProperty(property).setReason(reason),
                    ),
                ),
        ),
        diff: unary((request: DiffRequest) => {
            const { changed, replacing } = changes(read(request.getOldInputs()), read(request.getNews()));
            const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
            return new DiffResponse()
                .setChanges(changed.length === 0 ? DIFF_NONE : DIFF_SOME)
                .setDiffsList(changed)
                .setReplacesList(replacing);
        }),
        create: unary(async (request: CreateRequest) => {
            const response = new CreateResponse().setProperties(request.getProperties());
            if (request.getPreview()) {
                return response;
            }
            const inputs = read(request.getProperties());
            const state = await this.run("create", request.getUrn(), inputs, {}, request.getTimeout());
            return response.setId(randomBytes(16).toString("hex")).setProperties(write(state));
        }),
        // A script's result exists in the state only.
        read: unary((request: ReadRequest) =>
            new ReadResponse()
                .setId(request.getId())
                .setProperties(request.getProperties())
                .setInputs(request.getInputs()),
        ),
        update: unary(async (request: UpdateRequest) => {
            const response = new UpdateResponse().setProperties(request.getNews());
            if (request.getPreview()) {
                return response;
            }
            const [inputs, state] = [read(request.getNews()), read(request.getOlds())];
            return response.setProperties(
                write(await this.run("update", request.getUrn(), inputs, state, request.getTimeout())),
            );
        }),
        delete: unary(async (request: DeleteRequest) => {
            const state = read(request.getProperties());
            await this.run("delete", request.getUrn(), state, state, request.getTimeout());
            return new Empty();
        }),
    };
}
