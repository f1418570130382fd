import type { MachineName } from "../../infra/config/address-plan";

/** An address and a port, as in 192.168.20.1:80. */
export type Endpoint = `${string}:${string}`;

/** One TCP segment as one interface of one machine saw it. */
export interface Sighting {
    machine: MachineName;
    interface: string;
    /** Whether the machine received or sent it. */
    direction: "in" | "out";
    kind: "SYN" | "SYN-ACK" | "RST";
    source: Endpoint;
    destination: Endpoint;
    /**
     * The sequence number of the connection's SYN, whichever of its segments this is. NAT changes addresses and ports
     * but not sequence numbers, so this names the connection on every machine.
     */
    connection: number;
}

/** What begins a TCP connection or refuses it (pcap-filter(7)). */
export const captureFilter = "tcp[tcpflags] & (tcp-syn|tcp-rst) != 0";

/**
 * A line of `tcpdump -n -S -t -i any`: absolute sequence numbers, no time, interface and direction in front. P is what a
 * bridge's port receives for others.
 */
const line =
    /^(?<interface>\S+)\s+(?<direction>In|Out|P)\s+IP (?<source>[\d.]+) > (?<destination>[\d.]+): Flags \[(?<flags>[^\]]+)\](?:, seq (?<seq>\d+))?(?:, ack (?<ack>\d+))?, .*\blength \d/;

/**
 * Reads what tcpdump printed on a machine; lines that are no sightings, such as a last one cut off, are left out. A
 * pod's end at the bridge (veth...) is kept only for what passes from pod to pod, which the bridge itself does not show.
 */
export function parseCapture(machine: MachineName, text: string): Sighting[] {
    const sightings = text.split("\n").flatMap((printed) => sightingIn(machine, printed));
    const key = ({ kind, source, destination, connection }: Sighting) => [kind, source, destination, connection].join();
    const onBridge = new Set(sightings.filter((seen) => seen.interface === "cni0").map(key));
    return sightings.filter((seen) => !(seen.interface.startsWith("veth") && onBridge.has(key(seen))));
}

function sightingIn(machine: MachineName, printed: string): Sighting[] {
    const fields = line.exec(printed)?.groups;
    const segment = fields && segmentOf(fields.flags ?? "", Number(fields.seq), Number(fields.ack));
    return fields && segment
        ? [
              {
                  machine,
                  interface: fields.interface ?? "",
                  direction: fields.direction === "Out" ? "out" : "in",
                  source: endpoint(fields.source ?? ""),
                  destination: endpoint(fields.destination ?? ""),
                  ...segment,
              },
          ]
        : [];
}

/** The address without the port. */
export function addressOf(of: Endpoint): string {
    return of.slice(0, of.lastIndexOf(":"));
}

/** tcpdump writes 192.168.20.1.80. */
function endpoint(printed: string): Endpoint {
    return printed.replace(/\.(\d+)$/, ":$1") as Endpoint;
}

/**
 * Kind and connection from flags and numbers (RFC 9293, 3.5): a SYN-ACK acknowledges the SYN's number plus one, an RST
 * against the SYN does so too, and an RST against the SYN-ACK takes that number for its own.
 */
function segmentOf(flags: string, seq: number, ack: number): Pick<Sighting, "kind" | "connection"> | undefined {
    const before = (number: number) => (number - 1) >>> 0;
    const acknowledges = flags.includes(".");
    if (flags.includes("R")) {
        return { kind: "RST", connection: before(acknowledges ? ack : seq) };
    }
    if (flags.includes("S")) {
        return acknowledges ? { kind: "SYN-ACK", connection: before(ack) } : { kind: "SYN", connection: seq };
    }
    return undefined;
}
