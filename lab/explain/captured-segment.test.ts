import { describe, expect, it } from "vitest";
import { addressOf, parseCapture } from "./captured-segment";

const options = "win 64240, options [mss 1460,sackOK,TS val 580824610 ecr 0,nop,wscale 10], length 0";
const syn = `eth1  In  IP 192.168.20.130.41358 > 192.168.20.1.80: Flags [S], seq 66047896, ${options}`;
const captured = { machine: "lb", interface: "eth1" } as const;

describe("parseCapture", () => {
    it("reads a SYN", () => {
        expect(parseCapture("lb", syn)).toEqual([
            {
                ...captured,
                direction: "in",
                kind: "SYN",
                source: "192.168.20.130:41358",
                destination: "192.168.20.1:80",
                connection: 66047896,
            },
        ]);
    });

    it.each([
        ["SYN-ACK", `[S.], seq 639915382, ack 66047897, ${options}`],
        ["RST", "[R.], seq 0, ack 66047897, win 0, length 0"],
        ["RST", "[R], seq 66047897, win 0, length 0"],
        ["SYN", `[SEW], seq 66047896, ${options}`],
        ["SYN-ACK", `[S.E], seq 639915382, ack 66047897, ${options}`],
    ])("reads the connection of a %s with Flags %s", (kind, flags) => {
        const [segment] = parseCapture("lb", `eth1  Out IP 192.168.20.1.80 > 192.168.20.130.41358: Flags ${flags}`);
        expect(segment).toMatchObject({ ...captured, direction: "out", kind, connection: 66047896 });
    });

    it("wraps sequence numbers", () => {
        const [segment] = parseCapture(
            "lb",
            `eth1  Out IP 10.0.0.1.80 > 10.0.0.2.4: Flags [S.], seq 1, ack 0, ${options}`,
        );
        expect(segment?.connection).toBe(0xffffffff);
    });

    it("ignores a truncated line, and other segments", () => {
        const lines = [
            "tcpdump: data link type LINUX_SLL2",
            syn.slice(0, -10),
            syn.replace("[S]", "[.]"),
            syn.replace("eth1", "\u001b[31meth1"),
        ];
        expect(parseCapture("lb", lines.join("\n"))).toEqual([]);
    });

    it("keeps a pod's interface only where the bridge shows nothing", () => {
        const port = syn.replace("eth1  In ", "veth4f2a9c P  ");
        const bridge = syn.replace("eth1", "cni0");
        const interfaces = (text: string) => parseCapture("k8s-worker1", text).map((segment) => segment.interface);
        expect(interfaces(`${port}\n${bridge}`)).toEqual(["cni0"]);
        expect(interfaces(port)).toEqual(["veth4f2a9c"]);
    });
});

it("returns the address of an endpoint", () => {
    expect(addressOf("192.168.20.1:80")).toBe("192.168.20.1");
});
