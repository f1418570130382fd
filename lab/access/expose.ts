import type { Command } from "commander";
import { addressPlan, type MachineName } from "../../infra/config/address-plan";
import { contestant } from "../../infra/config/contestant";
import { type Cell, CellError, type Exposure } from "../cell/cell";
import { inCell } from "../cell/namespaces";
import { cellOf, outside } from "../cell/outside";
import { identify, isAlive, kill } from "../cell/process";
import { startDaemon, succeed } from "../cell/run";
import { waitFor } from "../lib/wait";
import { settingsOf } from "../up/settings";

/** Adds `lab expose`. */
export function addExposeCommand(program: Command): void {
    program
        .command("expose")
        .description(
            "let contestants on other computers log in to host and lb: forwards two ports of this machine to their SSH " +
                "servers",
        )
        .option("--address <address>", "address of this machine on which to listen", "127.0.0.1")
        .option("--host <port>", "port for host", "2220")
        .option("--lb <port>", "port for lb", "2201")
        .option("--stop", "end the forwarding")
        .action(({ address, host, lb, stop }: { address: string; host: string; lb: string; stop?: boolean }) =>
            outside(program.opts().stack, async (stack) => {
                const cell = cellOf(stack);
                await cell.locked(async () => {
                    endExposure(cell);
                    cell.update({ exposed: [] });
                    if (!stop) {
                        const port = (name: MachineName, text: string) => ({
                            machine: name,
                            address,
                            port: portOf(text),
                        });
                        await expose(cell, [port("host", host), port("lb", lb)]);
                    }
                });
                for (const one of cell.record.exposed) {
                    console.log(`${one.machine}: ssh -p ${one.port} ${contestant.name}@${one.address}`);
                }
                return 0;
            }),
        );
}

/**
 * Forwards ports of this machine to the SSH servers of machines with socat(1); {@link endExposure} ends it.
 *
 * @throws CellError when a port is in use or not allowed
 */
export async function expose(cell: Cell, ports: Omit<Exposure, "process">[]): Promise<void> {
    const { machines } = addressPlan(settingsOf(cell.record.stack).network);
    for (const { machine, address, port } of ports) {
        if (await isListening(address, port)) {
            throw new CellError(`Port ${port} of ${address} is in use. Choose another: lab expose --${machine} PORT`);
        }
    }
    for (const { machine, address, port } of ports) {
        const listen = `TCP-LISTEN:${port},bind=${address},reuseaddr,fork`;
        const connect = inCell(cell, ["socat", "STDIO", `TCP:${machines[machine]}:22`]).join(" ");
        // Colons separate the parameters of socat's addresses.
        const pid = startDaemon(["socat", listen, `EXEC:"${connect.replaceAll(":", "\\:")}"`]);
        const what = `socat to listen on ${address}:${port}`;
        await waitFor(what, () => isListening(address, port), { deadline: 10, interval: 0.1 }).catch(() => {
            throw new CellError(
                `Cannot listen on ${address}:${port}. Is ${address} an address of this machine? ip address`,
            );
        });
        cell.update({ exposed: [...cell.record.exposed, { machine, address, port, process: identify(pid) }] });
    }
}

async function isListening(address: string, port: number): Promise<boolean> {
    return (await succeed(["ss", "-Hltn", `src ${address}:${port}`])).trim() !== "";
}

/** Ends the forwarding; the record keeps the ports for the next start of the lab. */
export function endExposure(cell: Cell): void {
    for (const { process } of cell.record.exposed) {
        if (process !== undefined && isAlive(process)) {
            kill(process.pid);
        }
    }
}

function portOf(text: string): number {
    const port = Number(text);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
        throw new CellError(`${text} is no port. Choose one from 1024 to 65535: lab expose --host 2220 --lb 2201`);
    }
    return port;
}
