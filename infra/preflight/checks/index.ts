import type { Check } from "../check.ts";
import { debianKeyring, diskForBuild, hypervisorVersions, image, imageBeforeBuild, memoryForBuild } from "./build.ts";
import { disk, memory } from "./capacity.ts";
import { kvm, tun } from "./devices.ts";
import { folders } from "./folders.ts";
import { libvirt, libvirtUri, providerSsh } from "./libvirt.ts";
import { subordinateIds, uidmap, userNamespaces } from "./namespaces.ts";
import { forwarding, remoteNetworks, routes } from "./network.ts";
import { architecture, packages } from "./packages.ts";
import { rootRights } from "./root-rights.ts";

/** The checks of `pulumi up`, when everything is installed and built. */
export const labChecks: readonly Check[] = [
    image,
    libvirtUri,
    providerSsh,
    libvirt,
    kvm,
    routes,
    forwarding,
    remoteNetworks,
    memory,
    disk,
];

/** All checks, in the order in which `make up` depends on them. */
export const allChecks: readonly Check[] = [
    architecture,
    folders,
    packages,
    rootRights,
    uidmap,
    subordinateIds,
    userNamespaces,
    tun,
    hypervisorVersions,
    memoryForBuild,
    diskForBuild,
    debianKeyring,
    ...labChecks.map((check) => (check === image ? imageBeforeBuild : check)),
];
