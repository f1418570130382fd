import type * as pulumi from "@pulumi/pulumi";

type Create<T extends pulumi.Resource> = (dependsOn: pulumi.Input<pulumi.Resource[]>) => T;

/**
 * The lab's calls to the hypervisor, one after the other: first everything that is uploaded, then the domains.
 *
 * The provider has one connection. libvirtd serves at most five calls of one client at once (`max_client_requests` in
 * libvirtd.conf), and an upload that shares them with more calls can wait for good.
 */
export class HypervisorQueue {
    private uploads: pulumi.Resource[] = [];
    private readonly closed = Promise.withResolvers<pulumi.Resource[]>();
    private domains: pulumi.Input<pulumi.Resource[]> = this.closed.promise;

    /** Creates a volume; `dependsOn` is to be among its options. */
    upload<T extends pulumi.Resource>(create: Create<T>): T {
        const resource = create(this.uploads);
        this.uploads = [resource];
        return resource;
    }

    /** Creates a domain, which starts when all uploads are done; `dependsOn` is to be among its options. */
    start<T extends pulumi.Resource>(create: Create<T>): T {
        const resource = create(this.domains);
        this.domains = [resource];
        return resource;
    }

    /** To be called once all uploads are declared; until then no domain starts. */
    close(): void {
        this.closed.resolve(this.uploads);
    }
}
