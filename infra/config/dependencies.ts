import * as pulumi from "@pulumi/pulumi";

/** Resources as `dependsOn` accepts them. */
export type Dependencies = NonNullable<pulumi.ResourceOptions["dependsOn"]>;

/** One list of the resources of several. */
export function allOf(...parts: Dependencies[]): pulumi.Output<pulumi.Resource[]> {
    return pulumi.all(parts).apply((resources) => resources.flat());
}
