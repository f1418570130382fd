import type * as pulumi from "@pulumi/pulumi";

/**
 * The lab's calls to the hypervisor, one after the other.
 *
 * libvirtd serves at most five calls of one client at once (`max_client_requests` in libvirtd.conf), and the provider has
 * one connection: an upload that shares it with more calls than that can wait for good.
 */
export class HypervisorQueue {
    private last: pulumi.Resource[] = [];

    /** Creates the next resource; `dependsOn` is to be among its options. */
    next<T extends pulumi.Resource>(create: (dependsOn: pulumi.Resource[]) => T): T {
        const resource = create(this.last);
        this.last = [resource];
        return resource;
    }
}
