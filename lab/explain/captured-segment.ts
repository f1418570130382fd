import type { MachineName } from "../../infra/config/address-plan";

/** An address and a port, as in 192.168.20.1:80. */
export type Endpoint = `${string}:${string}`;

/** A TCP segment as it was captured on one interface of one machine. */
export interface CapturedSegment {
    machine: MachineName;
    interface: string;
    /** Whether the machine received or sent it. */
    direction: "in" | "out";
    kind: "SYN" | "SYN-ACK" | "RST";
    source: Endpoint;
    destination: Endpoint;
    /**
     * The sequence number of the connection's SYN, for all of its segments. NAT changes addresses and ports but not
     * sequence numbers, so this number identifies the connection on every machine.
     */
    connection: number;
}

/** Segments that open or refuse a TCP connection (pcap-filter(7)). */
export const captureFilter = "tcp[tcpflags] & (tcp-syn|tcp-rst) != 0";

/**
 * A line of `tcpdump -n -S -t -i any`: interface and direction first, absolute sequence numbers, no time. P marks a packet
 * that a bridge's port received for another host.
 */
const line =
    /^(?<interface>[\w.-]+)\s+(?<direction>In|Out|P)\s+IP (?<source>[\d.]+) > (?<destination>[\d.]+): Flags \[(?<flags>[^\]]+)\](?:, seq (?<seq>\d+))?(?:, ack (?<ack>\d+))?, .*\blength \d/;

/**
 * Reads tcpdump's output of a machine; other lines and a truncated last line are ignored. A pod's interface
 * (veth...) is kept only for segments from pod to pod, which the bridge does not show.
 */
export function parseCapture(machine: MachineName, text: string): CapturedSegment[] {
    const segments = text.split("\n").flatMap((printed) => segmentIn(machine, printed));
    const key = ({ kind, source, destination, connection }: CapturedSegment) =>
        [kind, source, destination, connection].join();
    const onBridge = new Set(segments.filter((segment) => segment.interface === "cni0").map(key));
    return segments.filter((segment) => !(segment.interface.startsWith("veth") && onBridge.has(key(segment))));
}

function segmentIn(machine: MachineName, printed: string): CapturedSegment[] {
    const fields = line.exec(printed)?.groups;
    const kind = fields && kindOf(fields.flags ?? "", Number(fields.seq), Number(fields.ack));
    return fields && kind
        ? [
              {
                  machine,
                  interface: fields.interface ?? "",
                  direction: fields.direction === "Out" ? "out" : "in",
                  source: endpoint(fields.source ?? ""),
                  destination: endpoint(fields.destination ?? ""),
                  ...kind,
              },
          ]
        : [];
}

/** The address of an endpoint, without the port. */
export function addressOf(endpoint: Endpoint): string {
    return endpoint.slice(0, endpoint.lastIndexOf(":"));
}

/** tcpdump prints 192.168.20.1.80. */
function endpoint(printed: string): Endpoint {
    return printed.replace(/\.(\d+)$/, ":$1") as Endpoint;
}

/**
 * Kind and connection from flags and numbers (RFC 9293, 3.5): a SYN-ACK and an RST against the SYN acknowledge the SYN's
 * number plus one; an RST against the SYN-ACK has that number as its sequence number.
 */
function kindOf(flags: string, seq: number, ack: number): Pick<CapturedSegment, "kind" | "connection"> | undefined {
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
