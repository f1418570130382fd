/**
 * The Pulumi plugin of the package command, for networks that cannot reach the official one. The last argument is the
 * engine's address, host:port.
 */
import { version } from "@pulumi/command/package.json";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { engineLog } from "../engine/log";
import { serve } from "../engine/serve";
import { CommandProvider } from "./provider";

const provider = new CommandProvider(version, engineLog(process.argv.at(-1) as string));
void serve(ResourceProviderService, provider.service, () => provider.stop());
