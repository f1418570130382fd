/** One of IPVS' services with the real servers that it balances over; all are `address:port`. */
export interface VirtualServer {
    address: string;
    realServers: string[];
}

/** The command whose output {@link parseVirtualServers} reads. */
export const listVirtualServers = "ipvsadm --save --numeric";

/** @param rules lines as ipvsadm(8) takes them: `-A -t VIP:PORT -s rr`, `-a -t VIP:PORT -r REAL_SERVER:PORT -m -w 1` */
export function parseVirtualServers(rules: string): VirtualServer[] {
    return [...rules.matchAll(/^-A -[tu] (\S+)/gm)].map(([, address = ""]) => ({
        address,
        realServers: [...rules.matchAll(/^-a -[tu] (\S+) -r (\S+)/gm)]
            .filter(([, service]) => service === address)
            .map(([, , realServer = ""]) => realServer),
    }));
}
