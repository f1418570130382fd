import { runtime } from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { vi } from "vitest";
import { projectName } from "./config/project";

/** A resource that the program registers. */
export interface Registration {
    type: string;
    name: string;
    /** Secrets are objects with {@link runtime.specialSigKey}. */
    // biome-ignore lint/suspicious/noExplicitAny: inputs have any shape
    inputs: any;
    /** Name of the parent; undefined at the top. */
    parent: string | undefined;
    /** Names of the resources before which it is not created. */
    dependencies: string[];
    /** Name of the resource whose deletion includes this one. */
    deletedWith: string | undefined;
    /** Inputs whose changes are ignored. */
    ignoreChanges: string[];
    /** Deadline of its creation, as Pulumi writes durations. */
    timeout: string | undefined;
}

/** The stack's name in {@link runProgram}; so rare that no input contains it by coincidence. */
export const stackName = "some-stack";

/** Milliseconds that a run of the program may take on a busy machine; 3 s on an idle one. */
export const deadline = 180_000;

/** A PEM block (RFC 7468). */
export const pem = (label: string, content: string) => `-----BEGIN ${label}-----\n${content}\n-----END ${label}-----\n`;

let registrations: Registration[] = [];

// The mocks get no resource options: the request that their monitor handles contains them.
const register = MockMonitor.prototype.registerResource;
MockMonitor.prototype.registerResource = function (request: RegisterResourceRequest, done) {
    registrations.push({
        type: request.getType(),
        name: request.getName(),
        inputs: runtime.deserializeProperties(request.getObject() ?? new Struct()),
        parent: request.getParent() ? nameOf(request.getParent()) : undefined,
        dependencies: request.getDependenciesList().map(nameOf),
        deletedWith: request.getDeletedwith() ? nameOf(request.getDeletedwith()) : undefined,
        ignoreChanges: request.getIgnorechangesList(),
        timeout: request.getCustomtimeouts()?.getCreate(),
    });
    return register.call(this, request, done);
};

/**
 * Runs the program in a test against Pulumi's mocks, without checks of the host.
 *
 * @param config settings without the project's namespace
 * @param outputs receives the stack's outputs
 * @returns the resources that it registers, in order
 */
export async function runProgram(
    config: Record<string, string>,
    outputs: Record<string, unknown> = {},
): Promise<Registration[]> {
    vi.resetModules();
    vi.doMock("./preflight/preflight", () => ({ preflight: async () => ({ accelerator: "tcg" }) }));
    vi.doMock("./preflight/own-lab", () => ({ assertOwnLab: async () => "SHA256:fingerprint" }));
    registrations = [];
    await runtime.setMocks(
        {
            newResource: ({ type, name, inputs, id }) => ({
                id: id || idOf(type, name, inputs),
                state: { ...inputs, stdout: stdoutOf(name) },
            }),
            call: ({ inputs }) => inputs,
        },
        projectName,
        stackName,
        false,
    );
    runtime.setAllConfig(
        Object.fromEntries(Object.entries(config).map(([key, value]) => [`${projectName}:${key}`, value])),
    );
    const program = (await import("./index.js")) as unknown as { default?: () => Promise<unknown> };
    Object.assign(outputs, await (program.default ?? (program as unknown as () => Promise<unknown>))());
    await runtime.disconnect();
    return registrations;
}

/** A resource's name: the text after the last `::` of its URN. */
function nameOf(urn: string): string {
    return urn.slice(urn.lastIndexOf("::") + 2);
}

/** An id as the provider returns it: a volume's is its path. */
function idOf(type: string, name: string, inputs: { pool?: string; name?: string }): string {
    return type === "libvirt:index/volume:Volume"
        ? `/var/lib/libvirt/images/${inputs.pool}/${inputs.name}`
        : `${name}-id`;
}

/** Output of a command: key material where the program reads it. */
function stdoutOf(name: string): string {
    if (name.endsWith("-key")) {
        return `PRIVATE KEY OF ${name}\nssh-ed25519 AAAA ${name}`;
    }
    return name.endsWith("fallback-certificate-generated")
        ? `${pem("CERTIFICATE", "AAAA")}${pem("PRIVATE KEY", "AAAA")}`
        : `stdout of ${name}`;
}
