import { afterAll, expect, it } from "vitest";
import { z } from "zod";
import { exportStack } from "../../lab/lib/pulumi";
import { labName, pulumi, virsh } from "./machines";
import { testStack } from "./stack";

const resourcesSchema = z.array(z.object({ urn: z.string(), id: z.string().optional() }));

/** Names and identifiers; a refresh encrypts secrets again. */
const resources = async () => resourcesSchema.parse((await exportStack(testStack)).deployment.resources);

afterAll(() => virsh("start", `${labName}-k8s-master`));

it("a refresh fails and forgets nothing while the cluster does not respond", async () => {
    const before = await resources();
    expect(before).not.toEqual([]);
    await virsh("destroy", `${labName}-k8s-master`);
    expect((await pulumi("refresh", "--yes", "--skip-preview")).exitCode).not.toBe(0);
    expect(await resources()).toEqual(before);
});
