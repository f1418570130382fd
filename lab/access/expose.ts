import { isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import type { Command } from "commander";
import { addressPlan } from "../../infra/config/address-plan";
import { contestant } from "../../infra/config/contestant";
import { type Cell, CellError, type Exposure } from "../cell/cell";
import { inCell, scope } from "../cell/namespaces";
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
                const ports: Omit<Exposure, "process">[] = [
                    { machine: "host", address, port: portOf(host) },
                    { machine: "lb", address, port: portOf(lb) },
                ];
                const cell = cellOf(stack);
                await cell.locked(() => expose(cell, stop ? [] : ports));
                for (const one of cell.record.exposed) {
                    console.log(`${one.machine}: ssh -p ${one.port} ${contestant.name}@${one.address}`);
                }
                return 0;
            }),
        );
}

/**
 * Forwards ports of this machine to the SSH servers of machines with socat(1), in place of earlier ones; {@link endExposure}
 * ends it. Cell.locked must be held.
 *
 * @throws CellError for a stopped lab, another machine's address, or a port that is in use; nothing was changed
 */
export async function expose(cell: Cell, ports: Omit<Exposure, "process">[]): Promise<void> {
    const commands = ports.map((port) => socat(cell, port));
    const own = cell.record.exposed.filter(({ process }) => process !== undefined && isAlive(process));
    for (const { machine, address, port } of ports) {
        requireOwn(address);
        const isReplaced = own.some((one) => one.address === address && one.port === port);
        if (!isReplaced && (await isListening(address, port))) {
            throw new CellError(`Port ${port} of ${address} is in use. Choose another: lab expose --${machine} PORT`);
        }
    }
    endExposure(cell);
    cell.update({ exposed: [] });
    for (const [index, { machine, address, port }] of ports.entries()) {
        const at = `${address}:${port}`;
        await waitFor(`the earlier socat at ${at} to end`, async () => !(await isListening(address, port)), patience);
        const pid = startDaemon([...scope(cell), ...(commands[index] ?? [])]);
        cell.update({ exposed: [...cell.record.exposed, { machine, address, port, process: identify(pid) }] });
        await waitFor(`socat to listen on ${at}`, () => isListening(address, port), patience);
    }
}

/** Seconds for socat to start or end. */
const patience = { deadline: 10, interval: 0.1, maximumInterval: 1 };

/** The command that forwards a port. */
function socat(cell: Cell, { machine, address, port }: Omit<Exposure, "process">): string[] {
    const { machines } = addressPlan(settingsOf(cell.record.stack).network);
    const connect = inCell(cell, ["socat", "STDIO", `TCP:${machines[machine]}:22`]).join(" ");
    // Colons separate the parameters of socat's addresses.
    const target = `EXEC:"${connect.replaceAll(":", "\\:")}"`;
    return ["socat", `TCP-LISTEN:${port},bind=${address},reuseaddr,fork`, target];
}

/** @throws CellError for an address on which this machine cannot listen */
function requireOwn(address: string): void {
    const own = Object.values(networkInterfaces()).flatMap((list) => list?.map((one) => one.address) ?? []);
    if (!isIPv4(address) || !(address === "0.0.0.0" || address.startsWith("127.") || own.includes(address))) {
        throw new CellError(`${address} is no IPv4 address of this machine. List them: ip -brief -4 address`);
    }
}

/** Whether a program listens on a port of an address, or on that port of all addresses. */
async function isListening(address: string, port: number): Promise<boolean> {
    const sockets = await succeed(["ss", "-Hltn", `sport = :${port}`]);
    const listening = [...sockets.matchAll(/ (\S+):\d+ +\S+:\*/g)].map(([, local = ""]) => local);
    return listening.some((local) => [address, "0.0.0.0", "*"].includes(local) || address === "0.0.0.0");
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
