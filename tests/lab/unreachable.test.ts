import { afterAll, expect, it } from "vitest";
import { exportStack } from "../../lab/lib/pulumi";
import { labName, pulumi, virsh } from "./machines";
import { testStack } from "./stack";

const resources = async () => (await exportStack(testStack)).deployment.resources;

afterAll(() => virsh("start", `${labName}-k8s-master`));

it("a refresh fails and forgets nothing while the cluster does not respond", async () => {
    const before = await resources();
    expect(before).not.toEqual([]);
    await virsh("destroy", `${labName}-k8s-master`);
    expect((await pulumi("refresh", "--yes", "--skip-preview")).exitCode).not.toBe(0);
    expect(await resources()).toEqual(before);
});
