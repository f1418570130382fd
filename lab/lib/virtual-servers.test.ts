import { expect, it } from "vitest";
import { parseVirtualConnections, parseVirtualServers } from "./virtual-servers";

const header = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
`;

it("reads services with their real servers", () => {
    const table = `${header}TCP  C0A81401:0050 rr 
  -> C0A81483:0050      Masq    1      0          1         
  -> C0A81482:0050      Masq    1      0          0         
TCP  C0A81401:01BB rr persistent 360
FWM  00000001 wlc 
`;
    expect(parseVirtualServers(table)).toEqual([
        { protocol: "FWM", address: "00000001", scheduler: "wlc", realServers: [], targets: [] },
        {
            protocol: "TCP",
            address: "192.168.20.1:80",
            scheduler: "rr",
            realServers: ["192.168.20.130:80", "192.168.20.131:80"],
            targets: [
                { address: "192.168.20.130:80", forwarding: "Masq", weight: 1 },
                { address: "192.168.20.131:80", forwarding: "Masq", weight: 1 },
            ],
        },
        { protocol: "TCP", address: "192.168.20.1:443", scheduler: "rr persistent 360", realServers: [], targets: [] },
    ]);
});

it("finds nothing in an empty table", () => {
    expect(parseVirtualServers(header)).toEqual([]);
    expect(parseVirtualServers("")).toEqual([]);
});

it("reads connections", () => {
    const table = `Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData
TCP C0A81482 A7A2 C0A81401 0050 C0A81483 0050 SYN_RECV         57
TCP C0A81414 8124 C0A81401 01BB C0A81482 01BB TIME_WAIT       118
`;
    expect(parseVirtualConnections(table)).toEqual([
        {
            client: "192.168.20.130:42914",
            virtual: "192.168.20.1:80",
            realServer: "192.168.20.131:80",
            state: "SYN_RECV",
        },
        {
            client: "192.168.20.20:33060",
            virtual: "192.168.20.1:443",
            realServer: "192.168.20.130:443",
            state: "TIME_WAIT",
        },
    ]);
});
