import { z } from "zod";
import { type AddressPlan, addressPlan, type NodeName, workerNames } from "../../infra/config/address-plan";
import { parseTrackedConnections, type TrackedConnection } from "../lib/load-balancer/connections";
import { printableLine } from "../lib/printable";
import { parseVirtualConnections, parseVirtualServers, type VirtualConnection } from "../lib/virtual-servers";
import { type Evidence, type HttpExchange, type Probe, sectionOf } from "./evidence/evidence";
import { workload } from "./evidence/pods";
import { missing, unreadable } from "./missing";
import { type Finding, notEvaluated, pass, unsolved } from "./outcome";

/** The path of a request from its node to the server. */
export type Way =
    /** IPVS on lb, with lb's address as the source towards the real server. */
    | "IPVS with source NAT"
    /** IPVS on lb, with the node's address as the source. */
    | "IPVS"
    | "DNAT on lb"
    /** A process on lb accepts the connection. */
    | "process on lb"
    /** The name has another address than the VIP. */
    | "another address"
    /** To the VIP's address, but lb has no entry of the connection. */
    | "past lb";

/** A request of the self check, with its evaluation. */
export interface SelfCheckRequest {
    node: NodeName;
    /** Whether it was sent from cert-manager's pod. */
    fromCertManager: boolean;
    exchange: HttpExchange;
    way: Way;
    /** Address and port of the real server that IPVS chose. */
    realServer?: string;
    /** The reason why it is not a passing self check; undefined when it is one. */
    failure?: string;
}

/** The requests for paths of challenges, from all pods. */
export function selfCheckRequests(evidence: Evidence): SelfCheckRequest[] {
    const { selfCheck } = evidence;
    const plan = addressPlan(evidence.network);
    const connections = parseVirtualConnections(sectionOf(evidence, "lb", "ip_vs_conn")?.text ?? "");
    const tracked = parseTrackedConnections(sectionOf(evidence, "lb", "connections")?.text ?? "");
    return selfCheck.probes.flatMap((probe) =>
        probe.exchanges
            // Bundles of earlier versions also have requests for the front page.
            .filter(({ path }) => path !== "/")
            .map((exchange): SelfCheckRequest => {
                const virtual = connections.find(
                    (one) => one.client === `${plan.machines[probe.node]}:${exchange.localPort}`,
                );
                const way = wayOf(exchange, probe, virtual, tracked, plan);
                return {
                    node: probe.node,
                    fromCertManager: probe.selfCheck,
                    exchange,
                    way,
                    // Another pod may have used the port before.
                    realServer: way.startsWith("IPVS") ? virtual?.realServer : undefined,
                    failure: failureOf(exchange, evidence),
                };
            }),
    );
}

function wayOf(
    { remoteAddress, localPort }: HttpExchange,
    { node, addresses }: Probe,
    virtual: VirtualConnection | undefined,
    tracked: TrackedConnection[],
    plan: AddressPlan,
): Way {
    // Without a connection curl has no address of the server.
    const address = remoteAddress || addresses[0];
    if (address !== undefined && address !== plan.vip) {
        return "another address";
    }
    const connection = tracked.find(
        ({ original }) =>
            original.source === plan.machines[node] &&
            original.sourcePort === localPort &&
            original.destination === plan.vip,
    );
    if (virtual) {
        const translated = connection && connection.reply.destination !== connection.original.source;
        return translated ? "IPVS with source NAT" : "IPVS";
    }
    if (!connection) {
        return "past lb";
    }
    const { reply, original } = connection;
    if ([plan.vip, plan.clusterGateway].includes(reply.source) || reply.source.startsWith("127.")) {
        return "process on lb";
    }
    return reply.source === original.destination ? "process on lb" : "DNAT on lb";
}

function failureOf(exchange: HttpExchange, { selfCheck }: Evidence): string | undefined {
    if (exchange.exitCode !== 0) {
        // Without the duration, so that the same state has the same reason.
        return exchange.error.replace(/ after \d+ (ms|milliseconds)/, "") || `curl's exit code ${exchange.exitCode}`;
    }
    const shown = `HTTP ${exchange.status} from ${exchange.remoteAddress}`;
    const references = selfCheck.references
        .flatMap(({ exchanges }) => exchanges)
        .filter(({ exitCode, path }) => exitCode === 0 && path === exchange.path);
    const challenge = selfCheck.challenges.find(({ path }) => path === exchange.path);
    const solvesChallenge = ({ status, body }: HttpExchange) => status === 200 && body === challenge?.key;
    // Contestants can create a Challenge, also one of another ingress class, which the ingress controllers do not serve.
    if (references.some(solvesChallenge)) {
        return solvesChallenge(exchange) ? undefined : `${shown} is not the response to the pending challenge`;
    }
    return references.some(
        ({ status, body, location }) =>
            status === exchange.status && body === exchange.body && location === exchange.location,
    )
        ? undefined
        : `${shown} is not the response of the ingress controllers`;
}

/** The self check passes now, from cert-manager's pod and from every other worker, over every real server. */
export function evaluateSelfCheck(evidence: Evidence): Finding {
    const { selfCheck, machines } = evidence;
    const silent = workerNames.find((name) => machines[name]?.failure !== undefined);
    if (silent) {
        return missing(evidence, silent, "its boot's identifier");
    }
    if (selfCheck.podFailure !== undefined) {
        return unreadable(evidence) ?? unsolved(selfCheck.podFailure);
    }
    const failedProbe = selfCheck.probes.find(({ failure }) => failure !== undefined);
    if (failedProbe) {
        return notEvaluated(`no request from ${failedProbe.node}: ${printableLine(failedProbe.failure ?? "")}`);
    }
    const requests = selfCheckRequests(evidence);
    const failed = requests.filter(({ failure }) => failure !== undefined);
    const [first] = failed;
    if (first) {
        const others = failed.length < requests.length ? ` (${failed.length} of ${requests.length} requests fail)` : "";
        const server = first.realServer ? ` over ${first.realServer}` : "";
        return unsolved(`from ${first.node}${server}: ${printableLine(first.failure ?? "")}${others}`);
    }
    const own = requests.filter(({ fromCertManager }) => fromCertManager);
    if (own.length === 0) {
        return notEvaluated("no request was made from cert-manager's pod");
    }
    const servers = [...new Set(own.flatMap(({ realServer }) => realServer ?? []))].sort();
    const unused = unusedServers(servers, evidence);
    if (unused.length > 0) {
        return notEvaluated(`IPVS sent no request of cert-manager's pod to ${unused.join(" and ")}`);
    }
    const absent = absentControllers(evidence);
    if (absent > 0) {
        return unsolved(`${absent} of the ingress controllers are not Ready: requests over them are not evaluated`);
    }
    const over = servers.length > 0 ? `, over ${servers.join(" and ")}` : "";
    return pass(`${requests.length} requests from pods receive the response of a challenge's path${over}`);
}

/** Real servers in IPVS' table that received none of the requests, although others did. */
function unusedServers(used: string[], evidence: Evidence): string[] {
    const { vip } = addressPlan(evidence.network);
    const services = parseVirtualServers(sectionOf(evidence, "lb", "ip_vs")?.text ?? "");
    const servers = services.find(({ address }) => address === `${vip}:80`)?.realServers ?? [];
    return used.length > 0 ? servers.filter((server) => !used.includes(server)) : [];
}

const daemonSetSchema = z.object({
    status: z.object({ desiredNumberScheduled: z.number(), numberReady: z.number() }),
});

/** The number of ingress controllers that are not Ready: they restart, or their node does not respond. */
function absentControllers({ cluster }: Evidence): number {
    const { data } = daemonSetSchema.safeParse(workload(cluster.objects, "DaemonSet", "ingress-controller"));
    return data ? data.status.desiredNumberScheduled - data.status.numberReady : 0;
}
