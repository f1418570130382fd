import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/**
 * Properties of a resource as the engine sends them: a secret is an object with a signature. The format:
 * https://pulumi-developer-docs.readthedocs.io/latest/docs/architecture/deployment-execution/resource-registration.html
 */
export type Properties = Record<string, unknown>;

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Replaces a value that is unknown during a preview. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The properties of a request; none for an absent message. */
export const read = (message: Struct | undefined): Properties => message?.toJavaScript() ?? {};

/** The properties as a message. */
export const write = (properties: Properties): Struct =>
    Struct.fromJavaScript(properties as Parameters<typeof Struct.fromJavaScript>[0]);

/** A copy without the marks of secrets and without nulls. */
export function plain(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(plain);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const object = value as Properties;
    if (object[signature] === secretSignature) {
        return plain(object.value);
    }
    return Object.fromEntries(
        Object.entries(object)
            .map(([key, item]) => [key, plain(item)])
            .filter(([, item]) => item !== null),
    );
}
