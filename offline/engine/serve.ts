import {
    type handleUnaryCall,
    Server,
    ServerCredentials,
    type ServiceDefinition,
    status,
    type UntypedServiceImplementation,
} from "@grpc/grpc-js";

/** The longest message that Pulumi's engine sends, in bytes. */
const longestMessage = 400 * 1024 * 1024;

/** Milliseconds between two checks that the engine that started the plugin still runs. */
const checkInterval = 5_000;

/**
 * Serves a gRPC service on a free loopback port, as Pulumi's engine expects of a plugin: the first line of the output
 * is the port. Methods that the implementation lacks return the status UNIMPLEMENTED.
 *
 * On SIGINT or SIGTERM, and when the engine has died, it calls `stop`, waits for it and ends the process.
 */
export async function serve(
    definition: ServiceDefinition,
    implementation: object,
    stop: () => Promise<void>,
): Promise<void> {
    const server = new Server({ "grpc.max_receive_message_length": longestMessage });
    server.addService(definition, implementation as UntypedServiceImplementation);
    const port = await new Promise<number>((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
            error ? reject(error) : resolve(bound),
        );
    });
    let ending = false;
    const end = async () => {
        if (!ending) {
            ending = true;
            await stop();
            process.exit(0);
        }
    };
    process.on("SIGINT", end).on("SIGTERM", end);
    const engine = process.ppid;
    setInterval(() => process.ppid !== engine && end(), checkInterval).unref();
    console.log(port);
}

/** Makes a gRPC handler of a function. An error becomes the status UNKNOWN with the error's message. */
export function unary<Request, Response>(
    handle: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
    return async ({ request }, callback) => {
        try {
            callback(null, await handle(request));
        } catch (error) {
            callback({ code: status.UNKNOWN, details: error instanceof Error ? error.message : String(error) });
        }
    };
}
