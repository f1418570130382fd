import { createHash } from "node:crypto";
import { type AddressPlan, addressPlan } from "../../infra/config/address-plan";
import { printableLine } from "../lib/printable";
import { parseVirtualServers, type VirtualService } from "../lib/virtual-servers";
import { type Evidence, sectionOf } from "./evidence/evidence";
import { keepalivedConfiguration, virtualPorts, virtualServices } from "./evidence/load-balancer";
import { harmfulVariables } from "./host";
import { changedPrograms } from "./integrity";
import { incomplete } from "./missing";
import { broken, brokenForNow, type Finding, pass } from "./outcome";

const required = [
    "keepalived.conf",
    "keepalived-unit",
    "keepalived-overrides",
    "keepalived-processes",
    "ip_vs",
    "mounts",
    "preload",
    "programs",
] as const;

/** keepalived, its configuration and IPVS' table are as they were deployed. */
export function evaluateKeepalived(evidence: Evidence): Finding {
    const failure = incomplete(evidence, "lb", required) ?? incomplete(evidence, "acme-server", ["programs"]);
    if (failure) {
        return failure;
    }
    const text = (name: string) => sectionOf(evidence, "lb", name)?.text ?? "";
    const plan = addressPlan(evidence.network);
    const changes = [
        ...(digest(text("keepalived.conf")) === evidence.expected.keepalivedConfiguration
            ? []
            : [`${keepalivedConfiguration} was changed`]),
        ...text("keepalived-overrides")
            .split("\n")
            .filter((line) => line !== "")
            .map((path) => `${path} overrides keepalived's unit`),
        ...unitChanges(text("keepalived-unit")),
        ...harmfulVariables(text("keepalived-unit")).map((variable) => `/etc/default/keepalived has ${variable}`),
        ...(text("preload").trim() === "" ? [] : ["/etc/ld.so.preload exists"]),
        ...changedPrograms(evidence, "lb"),
        ...(sectionOf(evidence, "lb", "network-namespace")?.exitCode === 1
            ? ["SSH leads to another network namespace"]
            : []),
    ];
    if (changes.length > 0) {
        return broken(printableLine(changes.join("; "), 600));
    }
    const processes = processChanges(text("keepalived-processes"));
    if (processes.length > 0) {
        // systemctl reload starts a program for a moment.
        return brokenForNow(printableLine(processes.join("; "), 600));
    }
    if (!/^\d+ installed own /m.test(text("keepalived-processes"))) {
        return brokenForNow("keepalived does not run");
    }
    const table = tableChanges(parseVirtualServers(text("ip_vs")), plan, healthyServers(evidence, plan));
    return table.length > 0
        ? brokenForNow(`IPVS' table is not keepalived's: ${printableLine(table.join("; "))}`)
        : pass("as it was deployed");
}

/** keepalived's unit as in Debian's package; the section contains the unit and then the file of its options. */
function unitChanges(unit: string): string[] {
    const starts = [...unit.matchAll(/^ExecStart=(.*)$/gm)].map(([, command]) => command);
    const options = /^DAEMON_ARGS=(?!""?\s*$)(.+)$/m.exec(unit)?.[1];
    return [
        ...(starts.length === 1 && /^\/usr\/sbin\/keepalived --dont-fork( \$DAEMON_ARGS)?$/.test(starts[0] ?? "")
            ? []
            : ["keepalived's unit starts something else"]),
        ...(options ? [`/etc/default/keepalived has options: ${options}`] : []),
    ];
}

/**
 * Processes of the unit that are not the installed keepalived with its default configuration, in lb's network. While
 * keepalived restarts, the unit also has a process of systemd.
 */
function processChanges(processes: string): string[] {
    return processes
        .split("\n")
        .filter((line) => line !== "" && !/^\d+ starting /.test(line))
        .filter((line) => !/^\d+ installed own \/usr\/sbin\/keepalived --dont-fork$/.test(line.trim()))
        .map((line) => `the unit keepalived runs ${line}`);
}

/**
 * Real servers, `address:port`, that keepalived must find healthy: their ingress controller responds to the other worker, and
 * lb connects to them.
 */
function healthyServers(evidence: Evidence, plan: AddressPlan): string[] {
    const connected = sectionOf(evidence, "lb", "health-check")?.text.split("\n");
    return evidence.selfCheck.references
        .filter(({ exchanges }) => exchanges.length > 0 && exchanges.every(({ status }) => status > 0))
        .flatMap(({ node }) => virtualPorts.map((port) => `${plan.machines[node]}:${port}`))
        .filter((server) => connected === undefined || connected.includes(server));
}

/**
 * Differences to the table that keepalived sets: the VIP's two services, each over workers in NAT mode. A real server that
 * fails its health check is missing from the table, which is not a change.
 *
 * @param healthy real servers that must be in the table, `address:port`
 */
export function tableChanges(services: VirtualService[], plan: AddressPlan, healthy: string[]): string[] {
    const expected = virtualServices(plan);
    const additional = services.flatMap(({ protocol, address, scheduler, targets }) => {
        const service = expected.find((one) => protocol === "TCP" && one.address === address);
        if (!service) {
            return [`${protocol} ${address} was added`];
        }
        return [
            ...(scheduler === "rr" ? [] : [`${address} has the scheduler ${scheduler}`]),
            ...targets
                .filter(
                    (one) => !service.servers.includes(one.address) || one.forwarding !== "Masq" || one.weight !== 1,
                )
                .map((one) => `${address} has ${one.address} ${one.forwarding} ${one.weight}`),
        ];
    });
    const lacking = expected.flatMap(({ address, servers }) => {
        const service = services.find((one) => one.address === address);
        if (!service) {
            return [`${address} is missing`];
        }
        return servers
            .filter((server) => healthy.includes(server) && !service.realServers.includes(server))
            .map((server) => `${address} lacks ${server}, which is healthy`);
    });
    return [...additional, ...lacking];
}

function digest(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}
