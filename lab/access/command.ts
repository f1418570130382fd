import { existsSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Argument, type Command } from "commander";
import { type MachineName, machineNames } from "../../infra/config/address-plan";
import { contestant, contestantMachines } from "../../infra/config/contestant";
import { documentExitCodes } from "../lib/document-exit-codes";
import { attach } from "../lib/run";
import { privateDirectory, removePrivateDirectory } from "../lib/ssh";
import { withLab } from "../lib/with-lab";

const machine = new Argument("<machine>", "the machine").choices(machineNames);

/** Adds the commands that access the machines and the cluster of a lab. They run in the stack's cell. */
export function addAccessCommands(program: Command): void {
    const stack = () => program.opts().stack as string | undefined;
    program
        .command("ssh")
        .description("log in as the contestant on lb and host, as root on the other machines")
        .addArgument(machine)
        .option("--root", "log in as root on lb and host, too")
        .action((name: MachineName, { root }: { root?: boolean }) =>
            withLab(stack(), (machines) =>
                machines.attach(
                    name,
                    root || !contestantMachines.includes(name) ? undefined : `su --login ${contestant.name}`,
                ),
            ),
        );
    const exec = program
        .command("exec")
        .description("run a command as root, for example: lab exec lb ipvsadm -Ln")
        .allowUnknownOption()
        .addArgument(machine)
        .argument("<command...>", "passed to the machine's shell")
        .action((name: MachineName, command: string[]) =>
            withLab(stack(), (machines) => machines.attach(name, command.join(" "))),
        );
    documentExitCodes(exec, { any: "the command's exit code", 255: "SSH failed" });
    program
        .command("console")
        .description("open the serial console; Ctrl+] closes it")
        .addArgument(machine)
        .action((name: MachineName) =>
            withLab(stack(), (_machines, _outputs, { labName, libvirtUri }) =>
                attach("virsh", ["--connect", libvirtUri, "console", `${labName}-${name}`]),
            ),
        );
    program
        .command("kubectl")
        .description("run kubectl as the cluster's administrator, for example: lab kubectl get pods -A")
        .allowUnknownOption()
        .argument("[args...]", "kubectl's arguments")
        .action((args: string[]) =>
            withLab(stack(), async (_, { kubeconfig }) => {
                const directory = await privateDirectory();
                writeFileSync(join(directory, "kubeconfig"), kubeconfig, { mode: 0o600 });
                try {
                    return await attach(kubectl(), args, { env: { KUBECONFIG: join(directory, "kubeconfig") } });
                } finally {
                    await removePrivateDirectory(directory);
                }
            }),
        );
    program
        .command("capture")
        .description("show a machine's packets until Ctrl-C, for example: lab capture lb -- tcp port 80")
        .addArgument(machine)
        .argument("[filter...]", "pcap-filter(7)")
        .option("--write <file>", "write the packets to a file in pcap format, for Wireshark")
        .action((name: MachineName, filter: string[], { write }: { write?: string }) =>
            withLab(stack(), (machines) => {
                // Without SSH: the output of the capture is sent over it.
                const expression = ["not port 22", ...(filter.length > 0 ? [`(${filter.join(" ")})`] : [])].join(
                    " and ",
                );
                const quoted = `'${expression.replaceAll("'", "")}'`;
                return write === undefined
                    ? machines.attach(name, `tcpdump -l -nn -i any ${quoted}`, { terminal: true })
                    : machines.attach(name, `tcpdump -U -i any -w - ${quoted}`, {
                          terminal: false,
                          stdout: openSync(write, "w"),
                      });
            }),
        );
}

/** The kubectl on PATH; without one, the kubectl that was built for the machines. */
function kubectl(): string {
    const built = `${process.env.LAB_CACHE}/programs/kubectl`;
    const found = (process.env.PATH ?? "").split(":").some((directory) => existsSync(join(directory, "kubectl")));
    return found ? "kubectl" : built;
}
