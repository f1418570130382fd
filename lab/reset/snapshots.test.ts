import { expect, it } from "vitest";
import { machineNames } from "../../infra/config/address-plan";
import { needs } from "../../tests/programs";
import { UnreachableError } from "../lib/stack";
import { NoSnapshotError, revertToSnapshots, takeSnapshots, type Virsh, virshAt } from "./snapshots";

/** A hypervisor that notes what it is told; `snapshots` are the machines that have one. */
function hypervisor(snapshots: readonly string[], fails: (command: string) => boolean = () => false) {
    const told: string[] = [];
    const virsh: Virsh = async (...args) => {
        const command = args.join(" ");
        if (fails(command)) {
            throw new Error(`${command}: no space left`);
        }
        if (args[0] !== "snapshot-list") {
            told.push(command);
            return "";
        }
        return snapshots.some((name) => args[1] === `lab-${name}`) ? "mine\nas-built\n" : "mine\n";
    };
    return { virsh, told, verbs: () => told.map((command) => command.split(" ")[0]) };
}

const six = (verb: string) => machineNames.map(() => verb);

it("takes the snapshots while all machines stand still", async () => {
    const { virsh, told, verbs } = hypervisor([]);
    await takeSnapshots(virsh, "lab");
    expect(verbs()).toEqual([...six("suspend"), ...six("snapshot-create-as"), ...six("resume")]);
    expect(told).toContain("snapshot-create-as lab-k8s-worker2 as-built");
});

it("takes them in place of earlier ones", async () => {
    const { virsh, told } = hypervisor(["lb"]);
    await takeSnapshots(virsh, "lab");
    expect(told.filter((command) => command.startsWith("snapshot-delete"))).toEqual([
        "snapshot-delete lab-lb as-built",
    ]);
});

it("lets the machines run again when a snapshot fails, and says why", async () => {
    const { virsh, verbs } = hypervisor([], (command) => command === "snapshot-create-as lab-host as-built");
    await expect(takeSnapshots(virsh, "lab")).rejects.toThrow("no space left");
    expect(verbs().filter((verb) => verb === "resume")).toEqual(six("resume"));
});

it("lets no machine run before all are back", async () => {
    const { virsh, told, verbs } = hypervisor(machineNames);
    await revertToSnapshots(virsh, "lab");
    expect(verbs()).toEqual([...six("snapshot-revert"), ...six("resume")]);
    expect(told).toContain("snapshot-revert lab-lb as-built --paused");
});

it("puts no machine back when one has no snapshot", async () => {
    const { virsh, told } = hypervisor(machineNames.filter((name) => name !== "host"));
    await expect(revertToSnapshots(virsh, "lab")).rejects.toThrow(new NoSnapshotError("There is no snapshot of host"));
    expect(told).toEqual([]);
});

needs("virsh").it("reports libvirt's message", async () => {
    const nowhere = virshAt("qemu+unix:///system?socket=/nonexistent");
    await expect(nowhere("snapshot-list", "lab-lb")).rejects.toThrow(UnreachableError);
    await expect(nowhere("snapshot-list", "lab-lb")).rejects.toThrow(/virsh snapshot-list lab-lb: error: .*connect/s);
});
