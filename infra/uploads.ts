import type * as pulumi from "@pulumi/pulumi";

/**
 * Uploads to the hypervisor, one after the other.
 *
 * libvirtd serves at most five calls of one client at once (`max_client_requests` in libvirtd.conf); the provider has
 * one connection, and more streams than that block each other for good.
 */
export class Uploads {
    private last: pulumi.Resource[] = [];

    /** Creates the next upload; `dependsOn` is to be among its options. */
    next<T extends pulumi.Resource>(create: (dependsOn: pulumi.Resource[]) => T): T {
        const upload = create(this.last);
        this.last = [upload];
        return upload;
    }
}
