import { describe, expect, it } from "vitest";
import { type CapturedSegment, parseCapture } from "./captured-segment";
import { connectionsOf, isAccepted, outcomeOf, tracePath } from "./path";

const client = { machine: "k8s-worker1", address: "10.244.1.5" } as const;
const pod = "10.244.1.5.4000";
const node = "192.168.20.130.5000";
const vip = "192.168.20.1.80";

/** A segment of the connection with the sequence number 1, captured on an interface of a machine. */
function captured(
    machine: CapturedSegment["machine"],
    where: string,
    endpoints: string,
    flags: string,
): CapturedSegment[] {
    return parseCapture(machine, `${where} IP ${endpoints}: Flags ${flags}, win 0, length 0`);
}
const syn = "[S], seq 1";
const synAck = "[S.], seq 9, ack 2";

const requested = [
    ...captured("k8s-worker1", "cni0 In", `${pod} > ${vip}`, syn),
    ...captured("k8s-worker1", "eth0 Out", `${node} > ${vip}`, syn),
];
const atLb = captured("lb", "eth1 In", `${node} > ${vip}`, syn);
const trace = (segments: CapturedSegment[]) => tracePath(segments, 1, client);

describe("tracePath", () => {
    it("follows a segment from machine to machine in any order of reading", () => {
        const [lb, worker] = [atLb, requested];
        expect(trace([...lb, ...worker]).syn).toEqual([...worker, ...lb]);
    });

    it("has a repeated segment once", () => {
        expect(trace([...requested, ...requested, ...atLb, ...atLb]).syn).toEqual([...requested, ...atLb]);
    });

    it("separates connections", () => {
        const other = captured("k8s-worker1", "cni0 In", `${pod} > ${vip}`, "[S], seq 7");
        expect(connectionsOf([...requested, ...other], client, 80)).toEqual([1, 7]);
        expect(connectionsOf([...requested, ...other], client, 443)).toEqual([]);
        expect(trace([...other, ...requested]).syn).toEqual(requested);
    });
});

describe("outcomeOf", () => {
    it("is no reply while there is none", () => {
        expect(outcomeOf(trace([...requested, ...atLb]))).toBe("no reply");
    });

    it("detects a reply of lb, as a reverse proxy sends it", () => {
        const path = trace([
            ...requested,
            ...captured("k8s-worker1", "eth0 In", `${vip} > ${node}`, synAck),
            ...captured("k8s-worker1", "cni0 Out", `${vip} > ${pod}`, synAck),
            ...atLb,
            ...captured("lb", "eth1 Out", `${vip} > ${node}`, synAck),
        ]);
        expect(outcomeOf(path)).toBe("terminated on lb");
        expect(isAccepted(path)).toBe(true);
    });

    it("detects a request that does not pass lb, as when CoreDNS returns the address of the ingress controller", () => {
        const ingress = "10.244.2.7.80";
        const path = trace([
            ...captured("k8s-worker1", "cni0 In", `${pod} > ${ingress}`, syn),
            ...captured("k8s-worker1", "eth0 Out", `${node} > ${ingress}`, syn),
            ...captured("k8s-worker1", "eth0 In", `${ingress} > ${node}`, synAck),
            ...captured("k8s-worker1", "cni0 Out", `${ingress} > ${pod}`, synAck),
            ...captured("k8s-worker2", "eth0 In", `${node} > ${ingress}`, syn),
            ...captured("k8s-worker2", "cni0 Out", `${node} > ${ingress}`, syn),
            ...captured("k8s-worker2", "cni0 In", `${ingress} > ${node}`, synAck),
            ...captured("k8s-worker2", "eth0 Out", `${ingress} > ${node}`, synAck),
        ]);
        expect(outcomeOf(path)).toBe("without lb");
        expect(isAccepted(path)).toBe(true);
    });

    it("detects a refusal", () => {
        const refusal = captured("lb", "eth1 Out", `${vip} > ${node}`, "[R.], seq 0, ack 2");
        expect(outcomeOf(trace([...requested, ...atLb, ...refusal]))).toBe("refused");
    });
});
