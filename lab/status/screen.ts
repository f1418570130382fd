import { machineNames } from "../../infra/config/address-plan";
import type { Answer, LabObservation } from "./observation";

const built = {
    nothing: "nothing is built: pulumi up",
    partly: "not completely built: pulumi up goes on",
    completely: "completely built",
};

const fixed = {
    yes: "yes, hairpin NAT on lb",
    no: "no",
    partly: "partly: pulumi up finishes it",
};

/** One screen about a lab. */
export function screen(observation: LabObservation): string {
    const { lab, libvirtProblem, machines, nodes, certificate, challenges, virtualServers } = observation;
    const rows = machineNames.map((name) => {
        const { address, domain, uptime } = machines[name];
        return [name, address, domain, "value" in uptime ? uptime.value : uptime.problem];
    });
    return [
        line("Lab", `${lab.labName ?? "-"}, ${built[lab.built]}`),
        line("Fixed", fixed[lab.fixed]),
        ...(lab.pending.length > 0 ? [line("Unfinished", lab.pending.join(", "))] : []),
        ...(libvirtProblem ? [line("Libvirt", libvirtProblem)] : []),
        "",
        ...table([["MACHINE", "ADDRESS", "LIBVIRT", "SSH"], ...rows]),
        "",
        ...labelled("Nodes", nodes, (list) =>
            list.map(({ name, ready }) => `${name} ${ready ? "Ready" : "not Ready"}`),
        ),
        ...labelled("Certificate", certificate, (found) => [
            found ? `www-ictsc-test-tls READY ${found.ready}: ${found.message}` : "there is no www-ictsc-test-tls",
        ]),
        ...labelled("Challenge", challenges, (list) => list.map(({ state, reason }) => `${state}: ${reason}`)),
        ...labelled("VIP", virtualServers, (list) =>
            list.map(({ address, realServers }) => `${address} -> ${realServers.join(", ") || "no real server"}`),
        ),
    ].join("\n");
}

const labelWidth = 13;

function line(label: string, text: string): string {
    return `${label.padEnd(labelWidth)}${text}`;
}

/** Lines beside a label: an answer's, or why there is none. */
function labelled<T>(label: string, answer: Answer<T>, lines: (value: T) => string[]): string[] {
    const text = "value" in answer ? lines(answer.value) : [answer.problem];
    return (text.length > 0 ? text : ["none"]).map((one, i) => line(i === 0 ? label : "", one));
}

/** Rows with their columns under each other. */
function table(rows: string[][]): string[] {
    const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
    return rows.map((row) =>
        row
            .map((cell, column) => cell.padEnd(widths[column] ?? 0))
            .join("  ")
            .trimEnd(),
    );
}
