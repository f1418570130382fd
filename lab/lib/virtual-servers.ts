/** A virtual service of IPVS. Addresses are `address:port`. */
export interface VirtualServer {
    address: string;
    realServers: string[];
}

/** A virtual service with all fields of IPVS' table. */
export interface VirtualService extends VirtualServer {
    /** TCP, UDP or FWM (firewall mark). */
    protocol: string;
    /** Name of the scheduler and its flags, for example `rr`. */
    scheduler: string;
    /** The real servers, in the same order. */
    targets: RealServer[];
}

/** A server that IPVS forwards connections to. */
export interface RealServer {
    address: string;
    /** Masq is NAT mode. */
    forwarding: string;
    weight: number;
}

/** The command whose output {@link parseVirtualServers} reads: IPVS' own table, https://docs.kernel.org/networking/ipvs-sysctl.html */
export const listVirtualServers = "cat /proc/net/ip_vs";

/** @param table /proc/net/ip_vs @returns services and their real servers in the order of their addresses */
export function parseVirtualServers(table: string): VirtualService[] {
    const services: VirtualService[] = [];
    for (const line of table.split("\n")) {
        const [, protocol, address, scheduler] = /^(TCP|UDP|SCTP|FWM)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
        const [, target, forwarding, weight] = /^\s+->\s+([0-9A-F]{8}:[0-9A-F]{4})\s+(\S+)\s+(\d+)/.exec(line) ?? [];
        if (protocol && address && scheduler) {
            services.push({ protocol, address: endpointOf(address), scheduler, realServers: [], targets: [] });
        } else if (target && forwarding) {
            const service = services.at(-1);
            service?.realServers.push(endpointOf(target));
            service?.targets.push({ address: endpointOf(target), forwarding, weight: Number(weight) });
        }
    }
    return services.map(sorted).sort((a, b) => byEndpoint(a.address, b.address));
}

function sorted(service: VirtualService): VirtualService {
    return {
        ...service,
        realServers: [...service.realServers].sort(byEndpoint),
        targets: [...service.targets].sort((a, b) => byEndpoint(a.address, b.address)),
    };
}

/** Orders `address:port` by numbers. */
function byEndpoint(a: string, b: string): number {
    return a.localeCompare(b, "en", { numeric: true });
}

/** A connection in IPVS' table: the client's, the virtual and the real server's `address:port`. */
export interface VirtualConnection {
    client: string;
    virtual: string;
    realServer: string;
    state: string;
}

/** @param table /proc/net/ip_vs_conn */
export function parseVirtualConnections(table: string): VirtualConnection[] {
    const endpoint = "([0-9A-F]{8}) +([0-9A-F]{4})";
    const pattern = new RegExp(`^\\w+ +${endpoint} +${endpoint} +${endpoint} +(\\S+)`, "gm");
    return [...table.matchAll(pattern)].map(([, client, clientPort, virtual, virtualPort, real, realPort, state]) => ({
        client: endpointOf(`${client}:${clientPort}`),
        virtual: endpointOf(`${virtual}:${virtualPort}`),
        realServer: endpointOf(`${real}:${realPort}`),
        state: state ?? "",
    }));
}

/** `C0A81401:0050` as `192.168.20.1:80`; any other text, such as a firewall mark, is returned unchanged. */
function endpointOf(hexadecimal: string): string {
    const [, address, port] = /^([0-9A-F]{8}):([0-9A-F]{4})$/.exec(hexadecimal) ?? [];
    return address && port ? `${[...Buffer.from(address, "hex")].join(".")}:${Number.parseInt(port, 16)}` : hexadecimal;
}
