import type { MachineName } from "../../infra/config/address-plan";
import { addressOf, type CapturedSegment, type Endpoint } from "./captured-segment";

/** The client of a connection. */
export interface Client {
    machine: MachineName;
    /** Address of the machine, or of a pod on it. */
    address: string;
}

/** The path of a connection's first segments through the lab: each segment as interfaces captured it, in order. */
export interface Path {
    syn: CapturedSegment[];
    synAck: CapturedSegment[];
    rst: CapturedSegment[];
}

/** The result of a request. */
export type Outcome =
    /** The reply returned through lb. */
    | "through lb"
    /** The request passed lb, the reply did not. */
    | "bypasses lb"
    /** lb itself replied. */
    | "terminated on lb"
    /** The request did not pass lb, and a reply returned. */
    | "without lb"
    /** A reply was sent, but not captured on the client's machine. */
    | "lost"
    /** The reply to the SYN was an RST. */
    | "refused"
    /** There was no reply. */
    | "no reply";

/** A change of an address inside a machine. */
export interface Rewrite {
    end: "source" | "destination";
    from: Endpoint;
    to: Endpoint;
}

/**
 * The connections that a client opened, in the order of their SYNs.
 *
 * @param port destination port
 */
export function connectionsOf(segments: CapturedSegment[], client: Client, port: number): number[] {
    const first = segments.filter((segment) => isFirst(segment, client) && segment.destination.endsWith(`:${port}`));
    return [...new Set(first.map(({ connection }) => connection))];
}

/** Orders the captured segments of one connection by their path. */
export function tracePath(segments: CapturedSegment[], connection: number, client: Client): Path {
    const of = (kind: CapturedSegment["kind"]) =>
        withoutRepetitions(segments.filter((segment) => segment.kind === kind && segment.connection === connection));
    const syns = of("SYN");
    const syn = follow(
        syns,
        syns.find((segment) => isFirst(segment, client)),
    );
    const synAcks = of("SYN-ACK");
    const synAck = follow(synAcks, firstOn(synAcks, syn.at(-1)));
    const rsts = of("RST");
    return { syn, synAck, rst: follow(rsts, firstOn(rsts, synAck.at(-1) ?? syn.at(-1))) };
}

/** The result of a request, from the machines that captured its segments. */
export function outcomeOf(path: Path): Outcome {
    const { syn, synAck, rst } = path;
    if (synAck.length === 0) {
        return rst.length > 0 ? "refused" : "no reply";
    }
    if (!hasArrived(path)) {
        return "lost";
    }
    if (!syn.some(onLb)) {
        return "without lb";
    }
    if (!synAck.some(onLb)) {
        return "bypasses lb";
    }
    return synAck[0]?.machine === "lb" ? "terminated on lb" : "through lb";
}

/** Whether the client received a reply that matches its request: the same two endpoints. */
export function isAccepted({ syn, synAck }: Path): boolean {
    const [request, reply] = [syn[0], synAck.at(-1)];
    return request !== undefined && request.source === reply?.destination && request.destination === reply.source;
}

/** Whether a reply reached the client's machine, including one that the client does not accept. */
export function hasArrived(path: Path): boolean {
    const reply = path.synAck.at(-1);
    const received = path.synAck.length > 1 && reply?.direction === "in" && reply.machine === path.syn[0]?.machine;
    return received || isAccepted(path);
}

/** The changes that a machine made between receiving a segment and sending it as `segments[index]`. */
export function rewritesAt(segments: CapturedSegment[], index: number): Rewrite[] {
    const [before, after] = [segments[index - 1], segments[index]];
    if (!before || !after || before.machine !== after.machine) {
        return [];
    }
    return (["source", "destination"] as const)
        .filter((end) => before[end] !== after[end])
        .map((end) => ({ end, from: before[end], to: after[end] }));
}

function isFirst({ kind, machine, source }: CapturedSegment, client: Client): boolean {
    return kind === "SYN" && machine === client.machine && addressOf(source) === client.address;
}

function onLb({ machine }: CapturedSegment): boolean {
    return machine === "lb";
}

/** A segment that was sent twice is captured twice at the same places. */
function withoutRepetitions(segments: CapturedSegment[]): CapturedSegment[] {
    return [...new Map(segments.map((segment) => [JSON.stringify(segment), segment])).values()];
}

/** A reply begins on the machine where the segment before it ended. */
function firstOn(segments: CapturedSegment[], end: CapturedSegment | undefined): CapturedSegment | undefined {
    return segments.find(({ machine }) => machine === end?.machine);
}

/**
 * Follows one segment from its first capture. Inside a machine the order of the capture decides; between machines the
 * addresses decide, because clocks differ.
 */
function follow(segments: CapturedSegment[], first: CapturedSegment | undefined): CapturedSegment[] {
    const path: CapturedSegment[] = [];
    for (let current = first; current; ) {
        path.push(current);
        const { machine, direction, source, destination } = current;
        const rest = segments.slice(direction === "in" ? segments.indexOf(current) : 0);
        current = rest.find(
            (next) =>
                !path.includes(next) &&
                (direction === "in"
                    ? next.machine === machine && next.direction === "out"
                    : next.machine !== machine &&
                      next.direction === "in" &&
                      next.source === source &&
                      next.destination === destination),
        );
    }
    return path;
}
