import { expect, it } from "vitest";
import { parseTrackedConnections } from "./connections";

it("reads both directions of tracked connections", () => {
    const list = `tcp      6 118 TIME_WAIT src=192.168.20.131 dst=192.168.20.1 sport=21001 dport=80 src=192.168.20.130 dst=192.168.20.254 sport=80 dport=21001 [ASSURED] mark=0 use=1
tcp      6 58 SYN_SENT src=192.168.20.131 dst=192.168.20.1 sport=21002 dport=80 [UNREPLIED] src=192.168.20.1 dst=192.168.20.131 sport=8080 dport=21002 mark=0 use=1
conntrack v1.4.8 (conntrack-tools): 2 flow entries have been shown.
`;
    expect(parseTrackedConnections(list)).toEqual([
        {
            original: { source: "192.168.20.131", destination: "192.168.20.1", sourcePort: 21001, destinationPort: 80 },
            reply: { source: "192.168.20.130", destination: "192.168.20.254", sourcePort: 80, destinationPort: 21001 },
        },
        {
            original: { source: "192.168.20.131", destination: "192.168.20.1", sourcePort: 21002, destinationPort: 80 },
            reply: { source: "192.168.20.1", destination: "192.168.20.131", sourcePort: 8080, destinationPort: 21002 },
        },
    ]);
});

it("finds nothing in the output of a conntrack that fails", () => {
    expect(parseTrackedConnections("conntrack v1.4.8: Operation failed: such conntrack doesn't exist")).toEqual([]);
});
