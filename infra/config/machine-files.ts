import { existsSync } from "node:fs";
import { join } from "node:path";
import { type AddressPlan, isNode, isWorker, type MachineName } from "./address-plan";
import { type ConfigFile, configFiles, fillPlaceholders, repositoryRoot } from "./config-files";
import { contestantMachines } from "./contestant";

/** The processor of the machines: hardware virtualization, or QEMU's emulation. */
export type Accelerator = "kvm" | "tcg";

/**
 * The folders that mirror a machine's root directory, relative to the repository's root. Where two contain the same file,
 * the later one applies. Folders under machines/emulation apply under emulation only.
 */
export function machineFolders(machine: MachineName, accelerator: Accelerator): string[] {
    const folders = [
        "machines/common",
        ...(isNode(machine) ? ["machines/k8s-node"] : []),
        ...(contestantMachines.includes(machine) ? ["machines/contestant"] : []),
        machine === "lb" ? "lb-config/base" : `machines/${isWorker(machine) ? "k8s-worker" : machine}`,
    ];
    const forEmulation = folders
        .map((folder) => folder.replace(/^machines/, "machines/emulation"))
        .filter((folder) => folder.startsWith("machines/emulation/") && existsSync(join(repositoryRoot, folder)));
    return accelerator === "tcg" ? [...folders, ...forEmulation] : folders;
}

/** The files of a machine's folders, moved to the lab's network. */
export function machineFiles(machine: MachineName, plan: AddressPlan, accelerator: Accelerator): ConfigFile[] {
    const files = machineFolders(machine, accelerator)
        .flatMap((folder) => configFiles(folder, plan))
        .map((file) => (file.path.endsWith(".conflist") ? withPodNetwork(file, machine, plan) : file));
    return [...new Map(files.map((file) => [file.path, file])).values()];
}

/** A CNI configuration with the node's pod network. */
function withPodNetwork(file: ConfigFile, machine: MachineName, plan: AddressPlan): ConfigFile {
    return isNode(machine)
        ? { ...file, content: fillPlaceholders(file.content, { podCidr: plan.podCidrs[machine] }) }
        : file;
}
