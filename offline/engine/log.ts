import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Shows messages beside a resource in the user's terminal. */
export interface Log {
    /** A message that stays in the output. */
    info(message: string): void;
    /** A message that the next one replaces. */
    progress(message: string): void;
    /** Resolves when all messages are delivered or lost. */
    flush(): Promise<void>;
}

/** A log for each resource's URN, delivered in order to the engine at an address (host:port). */
export function engineLog(address: string): (urn: string) => Log {
    const engine = new EngineClient(address, credentials.createInsecure());
    return (urn) => {
        let delivered = Promise.resolve();
        const send = (message: string, ephemeral: boolean) => {
            const request = new LogRequest()
                .setSeverity(LogSeverity.INFO)
                .setUrn(urn)
                .setMessage(message)
                .setEphemeral(ephemeral);
            // A lost message is not an error of the resource.
            delivered = delivered.then(() => new Promise((resolve) => engine.log(request, () => resolve())));
        };
        return {
            info: (message) => send(message, false),
            progress: (message) => send(message, true),
            flush: () => delivered,
        };
    };
}
