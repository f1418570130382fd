import { expect, it } from "vitest";
import type { Machines } from "../lib/ssh";
import { MachineShell } from "./machine-shell";

/** A machine with these identifiers of its boots, one for each request; the last one stays. */
function machineWith(...boots: string[]) {
    const requests: string[] = [];
    const run = async (_: string, command: string) => {
        requests.push(command);
        const boot = (boots.length > 1 ? boots.shift() : boots[0]) ?? "";
        return { exitCode: boot === "" ? 255 : 0, stdout: boot };
    };
    const session = () => ["bash", "--noprofile", "--norc"];
    const shell = new MachineShell({ run, session } as unknown as Machines, "lb", "user");
    return { shell, requests };
}

const options = { deadline: 10 };

it("waits for its machine before it starts", async () => {
    const { shell, requests } = machineWith("", "first");
    expect((await shell.run("echo a", options)).text).toBe("a\n");
    expect((await shell.run("echo b", options)).text).toBe("b\n");
    expect(requests).toHaveLength(2);
    shell.close();
}, 15_000);

it.each(["sudo() { :; }; sudo reboot", "true; shutdown() { :; }; shutdown -r now"])(
    "waits for another boot after %s",
    async (command) => {
        const { shell, requests } = machineWith("first", "first", "", "second");
        await shell.run(command, options);
        expect(requests).toHaveLength(4);
        shell.close();
    },
    15_000,
);

it("does not wait after other commands", async () => {
    const { shell, requests } = machineWith("first");
    await shell.run("echo reboot-me; : systemctl-reboots", options);
    expect(requests).toHaveLength(1);
    shell.close();
});
