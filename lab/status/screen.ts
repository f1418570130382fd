import { machineNames } from "../../infra/config/address-plan";
import { contestant, contestantMachines } from "../../infra/config/contestant";
import { certificateName } from "../lib/certificate";
import { printableLine } from "../lib/printable";
import { table } from "../lib/table";
import type { LabStatus, Result } from "./lab-status";

const built = {
    nothing: "not built. Build it: make up",
    partly: "not completely built. Continue: make up",
    completely: "completely built",
};

const fixed = {
    yes: "yes, hairpin NAT on lb",
    no: "no",
    partly: "partly. Complete it: pulumi up",
};

const login =
    `${contestantMachines.map((name) => `lab ssh ${name}`).join(" or ")}; ` +
    `the account ${contestant.name} has the password ${contestant.password}`;

/** The status as text of one screen. */
export function screen(status: LabStatus): string {
    const { lab, libvirtFailure, machines, nodes, certificate, challenges, virtualServers, exposed } = status;
    const rows = machineNames.map((name) => {
        const { address, domain, uptime } = machines[name];
        return [name, address, domain, "value" in uptime ? uptime.value : uptime.failure];
    });
    return [
        line("Lab", `${lab.labName ?? "-"}, ${built[lab.built]}`),
        line("Fixed", fixed[lab.fixed]),
        ...(lab.built === "completely" ? [line("Log in", login)] : []),
        ...exposed.map(({ machine, address, port }) => line("Exposed", `${machine} on ${address}, port ${port}`)),
        ...(lab.pending.length > 0 ? [line("Unfinished", lab.pending.join(", "))] : []),
        ...(libvirtFailure ? [line("Libvirt", libvirtFailure)] : []),
        "",
        ...table([["MACHINE", "ADDRESS", "LIBVIRT", "SSH"], ...rows]),
        "",
        ...labelled("Nodes", nodes, (list) =>
            list.map(({ name, ready }) => `${name} ${ready ? "Ready" : "not Ready"}`),
        ),
        ...labelled("Certificate", certificate, (found) => [
            found ? `${found.name} READY ${found.ready}: ${found.message}` : `there is no ${certificateName}`,
        ]),
        ...labelled("Challenge", challenges, (list) => list.map(({ state, reason }) => `${state}: ${reason}`)),
        ...labelled("VIP", virtualServers, (list) =>
            list.map(({ address, realServers }) => `${address} -> ${realServers.join(", ") || "no real server"}`),
        ),
    ].join("\n");
}

const labelWidth = 13;

/** Characters of a line: a challenge's reason has 300. */
const limit = 1000;

function line(label: string, text: string): string {
    return `${label.padEnd(labelWidth)}${printableLine(text, limit)}`;
}

/** Lines beside a label: the result's value, or the reason why there is none. */
function labelled<T>(label: string, result: Result<T>, lines: (value: T) => string[]): string[] {
    const text = "value" in result ? lines(result.value) : [result.failure];
    return (text.length > 0 ? text : ["none"]).map((one, i) => line(i === 0 ? label : "", one));
}
