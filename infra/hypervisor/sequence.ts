import type * as pulumi from "@pulumi/pulumi";

/**
 * Creates libvirt's volumes and domains one after another, in the order of the program.
 *
 * The provider has one connection. libvirtd serves at most five calls of a client at once (`max_client_requests` in
 * libvirtd.conf), and an upload that shares them with other calls can hang.
 */
export class Sequence {
    private last: pulumi.Resource[] = [];

    /** Creates a resource after all earlier ones of the sequence; `create` passes `dependsOn` to the resource. */
    next<T extends pulumi.Resource>(create: (dependsOn: pulumi.Resource[]) => T): T {
        const resource = create(this.last);
        this.last = [resource];
        return resource;
    }
}
