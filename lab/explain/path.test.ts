import { describe, expect, it } from "vitest";
import { connectionsOf, isAccepted, outcomeOf, tracePath } from "./path";
import { parseCapture, type Sighting } from "./sighting";

const client = { machine: "k8s-worker1", address: "10.244.1.5" } as const;
const pod = "10.244.1.5.4000";
const node = "192.168.20.130.5000";
const vip = "192.168.20.1.80";

/** A segment of the connection that begins with sequence number 1, as an interface of a machine sees it. */
function seen(machine: Sighting["machine"], where: string, way: string, flags: string): Sighting[] {
    return parseCapture(machine, `${where} IP ${way}: Flags ${flags}, win 0, length 0`);
}
const syn = "[S], seq 1";
const synAck = "[S.], seq 9, ack 2";

const asked = [
    ...seen("k8s-worker1", "cni0 In", `${pod} > ${vip}`, syn),
    ...seen("k8s-worker1", "eth0 Out", `${node} > ${vip}`, syn),
];
const atLb = seen("lb", "eth1 In", `${node} > ${vip}`, syn);
const trace = (sightings: Sighting[]) => tracePath(sightings, 1, client);

describe("tracePath", () => {
    it("follows a segment from machine to machine whatever order they are read in", () => {
        const [lb, worker] = [atLb, asked];
        expect(trace([...lb, ...worker]).syn).toEqual([...worker, ...lb]);
    });

    it("shows a segment that was sent again once", () => {
        expect(trace([...asked, ...asked, ...atLb, ...atLb]).syn).toEqual([...asked, ...atLb]);
    });

    it("keeps connections apart", () => {
        const other = seen("k8s-worker1", "cni0 In", `${pod} > ${vip}`, "[S], seq 7");
        expect(connectionsOf([...asked, ...other], client, 80)).toEqual([1, 7]);
        expect(connectionsOf([...asked, ...other], client, 443)).toEqual([]);
        expect(trace([...other, ...asked]).syn).toEqual(asked);
    });
});

describe("outcomeOf", () => {
    it("says that nobody answers while there is no answer", () => {
        expect(outcomeOf(trace([...asked, ...atLb]))).toBe("unanswered");
    });

    it("tells an answer of lb's own, as a reverse proxy gives it", () => {
        const path = trace([
            ...asked,
            ...seen("k8s-worker1", "eth0 In", `${vip} > ${node}`, synAck),
            ...seen("k8s-worker1", "cni0 Out", `${vip} > ${pod}`, synAck),
            ...atLb,
            ...seen("lb", "eth1 Out", `${vip} > ${node}`, synAck),
        ]);
        expect(outcomeOf(path)).toBe("answered by lb");
        expect(isAccepted(path)).toBe(true);
    });

    it("tells a request that needs no lb, as with CoreDNS answering by the ingress controller's address", () => {
        const ingress = "10.244.2.7.80";
        const path = trace([
            ...seen("k8s-worker1", "cni0 In", `${pod} > ${ingress}`, syn),
            ...seen("k8s-worker1", "eth0 Out", `${node} > ${ingress}`, syn),
            ...seen("k8s-worker1", "eth0 In", `${ingress} > ${node}`, synAck),
            ...seen("k8s-worker1", "cni0 Out", `${ingress} > ${pod}`, synAck),
            ...seen("k8s-worker2", "eth0 In", `${node} > ${ingress}`, syn),
            ...seen("k8s-worker2", "cni0 Out", `${node} > ${ingress}`, syn),
            ...seen("k8s-worker2", "cni0 In", `${ingress} > ${node}`, synAck),
            ...seen("k8s-worker2", "eth0 Out", `${ingress} > ${node}`, synAck),
        ]);
        expect(outcomeOf(path)).toBe("without lb");
        expect(isAccepted(path)).toBe(true);
    });

    it("tells a refusal", () => {
        const refusal = seen("lb", "eth1 Out", `${vip} > ${node}`, "[R.], seq 0, ack 2");
        expect(outcomeOf(trace([...asked, ...atLb, ...refusal]))).toBe("refused");
    });
});
