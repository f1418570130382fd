import { repositoryRoot } from "../../infra/config/config-files";
import { projectName } from "../../infra/config/project";
import {
    labNamesIn,
    libvirtNameOf,
    pendingResourcesOf,
    resourcesOf,
    withoutPendingOperations,
} from "../lib/deployment";
import { backendUrl, type Deployment, exportStack, importStack, PulumiError, stackConfig } from "../lib/pulumi";
import { RefusedError } from "../lib/refused-error";
import { UnreachableError } from "../lib/unreachable-error";
import { type Virsh, virsh } from "../lib/virsh";
import { fileBackendFolder, type Lock, readLocks, releaseLock } from "./locks";
import { findOrphans } from "./orphans";
import { withCurrentReset } from "./reset-command";

export interface RecoverOptions {
    /** Removes the lab of the stack's name also when the stack does not contain it: its state is lost. Default false. */
    force?: boolean;
    /**
     * The user has requested the recovery and no update is running. Needed with other backends than Pulumi's file
     * backend, which do not show whether one is. Default false.
     */
    requested?: boolean;
    /** Receives a line for each action; default: standard error. */
    log?: (message: string) => void;
    /** For tests. */
    virshAt?: (uri: string) => Virsh;
}

/** Libvirt has a lab of the stack's name that the stack does not contain. Nothing was changed. */
export class ForeignLabError extends RefusedError {}

/**
 * Removes the remains of an interrupted update, so that the next one can proceed: libvirt objects that the stack does not
 * contain, locks of processes that have ended, pending operations. Does nothing while an update is running or when Pulumi
 * cannot read the stack, and releases locks only when libvirt does not respond.
 *
 * Locks and pending operations are removed last, so that an interrupted recovery can be repeated.
 *
 * @throws ForeignLabError
 * @throws UnreachableError when libvirt fails, or a requested recovery cannot read the stack
 */
export async function recoverStack(stack: string, options: RecoverOptions = {}): Promise<void> {
    const { force = false, requested = false, log = console.error, virshAt = virsh } = options;
    const url = await readable(backendUrl);
    const folder = url === undefined ? undefined : fileBackendFolder(url, repositoryRoot);
    if (folder === undefined && !requested) {
        return;
    }
    // Without a request, Pulumi and the preflight report these.
    const report = requested ? log : () => {};
    const locks = async () => (folder === undefined ? [] : await readLocks(folder, stack));
    // An update that ends while the state is read would make it outdated.
    const before = await locks();
    const deployment = await (requested ? exportStack(stack) : readable(() => exportStack(stack)));
    const after = await locks();
    if (deployment === undefined || [...before, ...after].some(({ held }) => held)) {
        report("An update of the stack is running. Nothing was changed.");
        return;
    }
    const complete = await removeOrphans(stack, deployment, { force, log, virshAt });
    await releaseLocks(after, log);
    if (!complete) {
        report("libvirt does not respond: its objects and the pending operations stay. See the reason: lab doctor");
        return;
    }
    let repaired = deployment;
    if (pendingResourcesOf(deployment).length > 0) {
        log("Dropping the pending operations of an interrupted update.");
        // The next update adopts what they created.
        repaired = withoutPendingOperations(repaired);
    }
    repaired = withCurrentReset(repaired, stack);
    if (repaired !== deployment) {
        // The secrets of an export are encrypted, as in the state.
        await importStack(stack, repaired);
    }
}

/** Returns false when libvirt does not respond. */
async function removeOrphans(
    stack: string,
    deployment: Deployment,
    { force, log, virshAt }: Required<Pick<RecoverOptions, "force" | "log" | "virshAt">>,
): Promise<boolean> {
    const config = (await readable(() => stackConfig(stack))) ?? {};
    const uri = config.libvirtUri ?? "qemu:///system";
    const labName = config.name ?? projectName;
    const resources = resourcesOf(deployment);
    const known = new Set(resources.map(libvirtNameOf).filter((name) => name !== undefined));
    // An update that was interrupted at its beginning has objects in its pending operations only.
    const labNames = labNamesIn([...resources, ...pendingResourcesOf(deployment)]);
    for (const name of new Set([...labNames, labName])) {
        const orphans = await findOrphans(virshAt(uri), name, known).catch(noResponse);
        if (orphans === undefined) {
            return false;
        }
        if (orphans.length > 0 && !labNames.has(name) && !force) {
            throw new ForeignLabError(
                `A lab named ${name} already exists at ${uri}, but is not in the state of the stack ${stack}. Nothing was ` +
                    "changed.\n" +
                    "If it belongs to another stack or clone, destroy it there or choose another name: " +
                    `pulumi config set name <name> --stack ${stack}\n` +
                    `If its state is lost, remove it: lab --stack ${stack} recover --force`,
            );
        }
        for (const orphan of orphans) {
            log(`Removing ${orphan.description}, which is not in the stack's state.`);
            await orphan.remove();
        }
    }
    return true;
}

async function releaseLocks(locks: Lock[], log: (message: string) => void): Promise<void> {
    for (const lock of locks) {
        log(`Releasing the lock of an interrupted update (process ${lock.pid ?? "unknown"}).`);
        await releaseLock(lock);
    }
}

/** Undefined when Pulumi cannot read the stack. */
async function readable<T>(read: () => Promise<T>): Promise<T | undefined> {
    return read().catch((error: unknown) => {
        if (error instanceof PulumiError) {
            return undefined;
        }
        throw error;
    });
}

function noResponse(error: unknown): undefined {
    if (!(error instanceof UnreachableError)) {
        throw error;
    }
}
