import * as pulumi from "@pulumi/pulumi";
import { vi } from "vitest";

/** A resource that the program registers. */
export interface Registration {
    type: string;
    name: string;
    /** Secrets are objects with {@link pulumi.runtime.specialSigKey}. */
    // biome-ignore lint/suspicious/noExplicitAny: inputs have any shape
    inputs: any;
}

/** The stack's name in {@link runProgram}; no input contains it by chance. */
export const stackName = "some-stack";

/** A PEM block (RFC 7468). */
export const pem = (label: string, content: string) => `-----BEGIN ${label}-----\n${content}\n-----END ${label}-----\n`;

/**
 * Runs the program in a test against Pulumi's mocks, without preflight checks.
 *
 * @param config settings without the project's namespace
 * @returns what it registers, in order
 */
export async function runProgram(config: Record<string, string>): Promise<Registration[]> {
    const registrations: Registration[] = [];
    vi.resetModules();
    vi.doMock("./preflight/preflight", () => ({ preflight: async () => ({ accelerator: "tcg" }) }));
    const { runtime } = await import("@pulumi/pulumi");
    runtime.setMocks(
        {
            newResource: ({ type, name, inputs, id }) => {
                registrations.push({ type, name, inputs });
                return { id: id || idOf(type, name, inputs), state: { ...inputs, stdout: stdoutOf(name) } };
            },
            call: ({ inputs }) => inputs,
        },
        "certificate-lab",
        stackName,
        false,
    );
    for (const [key, value] of Object.entries(config)) {
        runtime.setConfig(`certificate-lab:${key}`, value);
    }
    const program = (await import("./index.js")) as unknown as { default?: () => Promise<unknown> };
    await (program.default ?? (program as unknown as () => Promise<unknown>))();
    await runtime.disconnect();
    return registrations;
}

/** An id as the provider gives it: a volume's is its path. */
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
    return name.endsWith("fallback-certificate")
        ? `${pem("CERTIFICATE", "AAAA")}${pem("PRIVATE KEY", "AAAA")}`
        : `stdout of ${name}`;
}
