import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
    type DestroyOptions,
    type EngineEvent,
    LocalWorkspace,
    type PulumiFn,
    type Stack,
} from "@pulumi/pulumi/automation";

/** The last operation on each resource, by its name, as in Pulumi's engine events. */
export type Steps = Record<string, string>;

/** The state of one resource, as the file backend stores it. */
export interface ResourceState {
    urn: string;
    type: string;
    id: string;
    inputs: Record<string, unknown>;
    outputs: Record<string, unknown>;
    initErrors?: string[];
}

/**
 * A stack in a separate file backend, with programs that are functions of a test. {@link remove} deletes it.
 */
export class TestStack {
    private constructor(
        private readonly folder: string,
        private readonly stack: Stack,
    ) {}

    /** Creates an empty stack. */
    static async create(name: string): Promise<TestStack> {
        const folder = mkdtempSync(join(tmpdir(), "conformance-stack-"));
        const stack = await LocalWorkspace.createStack(
            { stackName: name, projectName: "conformance", program: async () => {} },
            {
                envVars: {
                    PULUMI_BACKEND_URL: `file://${folder}`,
                    PULUMI_CONFIG_PASSPHRASE: "conformance",
                    PULUMI_CONFIG_PASSPHRASE_FILE: "",
                    // A missing plugin is an error and is not downloaded.
                    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
                },
            },
        );
        // No test reads an operation's summary, for which each operation starts another Pulumi.
        stack.info = async () => undefined;
        return new TestStack(folder, stack);
    }

    /** `pulumi up`; an error contains Pulumi's whole output. */
    async up(program: PulumiFn) {
        const { steps, onEvent } = recordSteps();
        const { outputs, stdout } = await this.stack.up({ program, onEvent });
        return { outputs, stdout, steps };
    }

    /** `pulumi up` that must fail; returns Pulumi's whole output. An aborted signal interrupts it, as a user does. */
    async failingUp(program: PulumiFn, signal?: AbortSignal): Promise<string> {
        return failure(this.stack.up({ program, signal }));
    }

    /** `pulumi preview`. */
    async preview(program: PulumiFn) {
        const { steps, onEvent } = recordSteps();
        await this.stack.preview({ program, onEvent });
        return steps;
    }

    /** `pulumi refresh`, which does not run the program. */
    async refresh() {
        const { steps, onEvent } = recordSteps();
        const { stdout } = await this.stack.refresh({ onEvent });
        return { stdout, steps };
    }

    /** `pulumi destroy`. */
    async destroy(options?: DestroyOptions) {
        const { stdout } = await this.stack.destroy(options);
        return stdout;
    }

    /** `pulumi destroy` that must fail; returns Pulumi's whole output. */
    async failingDestroy(): Promise<string> {
        return failure(this.stack.destroy());
    }

    /** The resources in the state, by name, without the stack and providers. */
    resources(): Record<string, ResourceState> {
        const { latest } = JSON.parse(this.rawState()).checkpoint;
        const resources = ((latest?.resources ?? []) as ResourceState[]).filter(
            ({ type }) => !type.startsWith("pulumi:"),
        );
        return Object.fromEntries(resources.map((resource) => [nameOf(resource.urn), resource]));
    }

    /** The state as it is on disk, with encrypted secrets. */
    rawState(): string {
        return readFileSync(join(this.folder, ".pulumi", "stacks", "conformance", `${this.stack.name}.json`), "utf8");
    }

    /** Deletes the stack without destroying its resources. */
    remove(): void {
        rmSync(this.folder, { recursive: true, force: true });
    }
}

async function failure(operation: Promise<unknown>): Promise<string> {
    try {
        await operation;
    } catch (error) {
        return String(error);
    }
    throw new Error("The operation succeeded.");
}

/** Steps in which nothing happens to a resource. */
const idle = new Set(["same", "read", "refresh"]);

function recordSteps() {
    const steps: Steps = {};
    const onEvent = ({ resourcePreEvent, resOutputsEvent }: EngineEvent) => {
        const metadata = (resOutputsEvent ?? resourcePreEvent)?.metadata;
        if (metadata && !metadata.type.startsWith("pulumi:") && !idle.has(metadata.op)) {
            steps[nameOf(metadata.urn)] = metadata.op;
        }
    };
    return { steps, onEvent };
}

const nameOf = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);
