/**
 * Pulumi's language host for Node.js, for networks that cannot reach the official one. The last argument is the engine's
 * address, host:port.
 */
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { version } from "@pulumi/pulumi/version";
import { serve } from "../engine/serve";
import { LanguageHost } from "./host";

const host = new LanguageHost(version, process.argv.at(-1) as string);
void serve(LanguageRuntimeService, host.service, () => host.stop());
