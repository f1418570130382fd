import { type CapturedSegment, parseCapture } from "./captured-segment";
import { type Request, requestIn } from "./request";
import type { Explanation } from "./request-reader";

type Captures = Partial<Record<CapturedSegment["machine"], string>>;

/** The address of cert-manager's pod in these captures. */
export const pod = { machine: "k8s-worker1", address: "10.244.1.4" } as const;

const end = "win 64240, length 0";

/** The request from host, on the broken and on the solved lab. */
const requestFromHost = {
    host: `
eth0  Out IP 192.168.20.20.41750 > 192.168.20.1.80: Flags [S], seq 66047896, ${end}
eth0  In  IP 192.168.20.1.80 > 192.168.20.20.41750: Flags [S.], seq 639915382, ack 66047897, ${end}`,
    lb: `
eth0  In  IP 192.168.20.20.41750 > 192.168.20.1.80: Flags [S], seq 66047896, ${end}
eth1  Out IP 192.168.20.20.41750 > 192.168.20.130.80: Flags [S], seq 66047896, ${end}
eth1  In  IP 192.168.20.130.80 > 192.168.20.20.41750: Flags [S.], seq 639915382, ack 66047897, ${end}
eth0  Out IP 192.168.20.1.80 > 192.168.20.20.41750: Flags [S.], seq 639915382, ack 66047897, ${end}`,
    "k8s-worker1": `
eth0  In  IP 192.168.20.20.41750 > 192.168.20.130.80: Flags [S], seq 66047896, ${end}
cni0  Out IP 192.168.20.20.41750 > 10.244.1.2.80: Flags [S], seq 66047896, ${end}
cni0  In  IP 10.244.1.2.80 > 192.168.20.20.41750: Flags [S.], seq 639915382, ack 66047897, ${end}
eth0  Out IP 192.168.20.130.80 > 192.168.20.20.41750: Flags [S.], seq 639915382, ack 66047897, ${end}`,
} satisfies Captures;

/** A self check on the broken lab: the reply goes from worker to worker. */
const brokenSelfCheck: Captures = {
    lb: `
eth1  In  IP 192.168.20.130.44234 > 192.168.20.1.80: Flags [S], seq 7001, ${end}
eth1  Out IP 192.168.20.130.44234 > 192.168.20.131.80: Flags [S], seq 7001, ${end}`,
    "k8s-worker1": `
cni0  In  IP 10.244.1.4.44234 > 192.168.20.1.80: Flags [S], seq 7001, ${end}
eth0  Out IP 192.168.20.130.44234 > 192.168.20.1.80: Flags [S], seq 7001, ${end}
eth0  In  IP 192.168.20.131.80 > 192.168.20.130.44234: Flags [S.], seq 9001, ack 7002, ${end}
eth0  Out IP 192.168.20.130.44234 > 192.168.20.131.80: Flags [R], seq 7002, win 0, length 0`,
    "k8s-worker2": `
eth0  In  IP 192.168.20.130.44234 > 192.168.20.131.80: Flags [S], seq 7001, ${end}
cni0  Out IP 192.168.20.130.44234 > 10.244.2.2.80: Flags [S], seq 7001, ${end}
cni0  In  IP 10.244.2.2.80 > 192.168.20.130.44234: Flags [S.], seq 9001, ack 7002, ${end}
eth0  Out IP 192.168.20.131.80 > 192.168.20.130.44234: Flags [S.], seq 9001, ack 7002, ${end}
eth0  In  IP 192.168.20.130.44234 > 192.168.20.131.80: Flags [R], seq 7002, win 0, length 0
cni0  Out IP 192.168.20.130.44234 > 10.244.2.2.80: Flags [R], seq 7002, win 0, length 0`,
};

/** A self check that lb sends back to its node: the kernel drops it there. */
const droppedSelfCheck: Captures = {
    lb: `
eth1  In  IP 192.168.20.130.44234 > 192.168.20.1.80: Flags [S], seq 7001, ${end}
eth1  Out IP 192.168.20.130.44234 > 192.168.20.130.80: Flags [S], seq 7001, ${end}`,
    "k8s-worker1": `
cni0  In  IP 10.244.1.4.44234 > 192.168.20.1.80: Flags [S], seq 7001, ${end}
eth0  Out IP 192.168.20.130.44234 > 192.168.20.1.80: Flags [S], seq 7001, ${end}
eth0  In  IP 192.168.20.130.44234 > 192.168.20.130.80: Flags [S], seq 7001, ${end}`,
};

/** A self check with hairpin NAT. */
const solvedSelfCheck: Captures = {
    lb: `
eth1  In  IP 192.168.20.130.44234 > 192.168.20.1.80: Flags [S], seq 7001, ${end}
eth1  Out IP 192.168.20.254.44234 > 192.168.20.131.80: Flags [S], seq 7001, ${end}
eth1  In  IP 192.168.20.131.80 > 192.168.20.254.44234: Flags [S.], seq 9001, ack 7002, ${end}
eth1  Out IP 192.168.20.1.80 > 192.168.20.130.44234: Flags [S.], seq 9001, ack 7002, ${end}`,
    "k8s-worker1": `
cni0  In  IP 10.244.1.4.44234 > 192.168.20.1.80: Flags [S], seq 7001, ${end}
eth0  Out IP 192.168.20.130.44234 > 192.168.20.1.80: Flags [S], seq 7001, ${end}
eth0  In  IP 192.168.20.1.80 > 192.168.20.130.44234: Flags [S.], seq 9001, ack 7002, ${end}
cni0  Out IP 192.168.20.1.80 > 10.244.1.4.44234: Flags [S.], seq 9001, ack 7002, ${end}`,
    "k8s-worker2": `
eth0  In  IP 192.168.20.254.44234 > 192.168.20.131.80: Flags [S], seq 7001, ${end}
cni0  Out IP 192.168.20.254.44234 > 10.244.2.2.80: Flags [S], seq 7001, ${end}
cni0  In  IP 10.244.2.2.80 > 192.168.20.254.44234: Flags [S.], seq 9001, ack 7002, ${end}
eth0  Out IP 192.168.20.131.80 > 192.168.20.254.44234: Flags [S.], seq 9001, ack 7002, ${end}`,
};

/** Output of `ipvsadm --list --connection --numeric` on the broken and on the solved lab. */
const ipvsEntries = `
TCP 00:57  SYN_RECV    192.168.20.20:41750 192.168.20.1:80    192.168.20.130:80
TCP 00:58  SYN_RECV    192.168.20.130:44234 192.168.20.1:80    192.168.20.131:80`;

function segmentsOf(...captures: Captures[]): CapturedSegment[] {
    return captures.flatMap((capture) =>
        Object.entries(capture).flatMap(([machine, text]) =>
            parseCapture(machine as CapturedSegment["machine"], text ?? ""),
        ),
    );
}

function explanation(selfCheck: Captures, sender: Request["sender"]): Explanation {
    const segments = segmentsOf(requestFromHost, selfCheck);
    const host = requestIn(segments, "host", { machine: "host", address: "192.168.20.20" }, ipvsEntries);
    const check = requestIn(segments, sender, pod, ipvsEntries);
    if (host === undefined || check === undefined) {
        throw new Error("The captures lack a request.");
    }
    return { host, selfCheck: check };
}

/** Both requests on the broken lab, as docs/explain.svg shows them. */
export const brokenLab = (): Explanation => explanation(brokenSelfCheck, "self check");

/** The broken lab with a self check that lb sent back to its node. */
export const brokenLabWithDrop = (): Explanation => explanation(droppedSelfCheck, "self check");

/** Both requests on the lab with hairpin NAT, where no challenge is pending. */
export const solvedLab = (): Explanation => explanation(solvedSelfCheck, "substitute");
