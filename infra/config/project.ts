/** The Pulumi project, as in Pulumi.yaml: the namespace of every configuration key. */
export const projectName = "certificate-lab";
