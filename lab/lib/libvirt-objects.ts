import { machineNames } from "../../infra/config/address-plan";

/** Names of a lab's libvirt objects. Names of volumes are free: the pool belongs to the lab. */
export interface LibvirtObjects {
    domains: string[];
    networks: string[];
    pool: string;
}

const segments = ["front", "cluster"] as const;

/** The names of a lab's libvirt objects, as the program in infra/ assigns them. */
export function libvirtObjects(labName: string): LibvirtObjects {
    return {
        domains: machineNames.map((machine) => `${labName}-${machine}`),
        networks: segments.map((segment) => `${labName}-${segment}`),
        pool: labName,
    };
}

/**
 * The name of the lab that a libvirt object belongs to; undefined for volumes and for names that are not the program's.
 *
 * @param kind as in Pulumi's type token: Domain, Network, Pool or Volume
 */
export function labNameIn(kind: string, name: string): string | undefined {
    const suffixes = { Domain: machineNames, Network: segments }[kind];
    if (suffixes === undefined) {
        return kind === "Pool" ? name : undefined;
    }
    const suffix = suffixes.find((suffix) => name.endsWith(`-${suffix}`));
    return suffix && name.slice(0, -suffix.length - 1);
}
