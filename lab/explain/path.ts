import type { MachineName } from "../../infra/config/address-plan";
import { addressOf, type Endpoint, type Sighting } from "./sighting";

/** Who begins a connection. */
export interface Client {
    machine: MachineName;
    /** The client's own: the machine's, or that of a pod on it. */
    address: string;
}

/** The way of one connection's first segments through the lab, each as the interfaces that saw it, in order. */
export interface Path {
    syn: Sighting[];
    synAck: Sighting[];
    rst: Sighting[];
}

/** How a request ended. */
export type Outcome =
    /** The answer came back through lb, from the address that was asked. */
    | "through lb"
    /** The request went through lb, the answer did not. */
    | "bypasses lb"
    /** lb answered by itself. */
    | "answered by lb"
    /** The request did not go to lb at all, and was answered. */
    | "without lb"
    /** An answer was sent, but not seen to reach the client's machine. */
    | "lost"
    /** A RST answered the SYN. */
    | "refused"
    | "unanswered";

/** A change of an address inside a machine. */
export interface Rewrite {
    end: "source" | "destination";
    from: Endpoint;
    to: Endpoint;
}

/**
 * The connections that a client began, in the order of their SYNs.
 *
 * @param port where it connects to
 */
export function connectionsOf(sightings: Sighting[], client: Client, port: number): number[] {
    const first = sightings.filter((seen) => isFirst(seen, client) && seen.destination.endsWith(`:${port}`));
    return [...new Set(first.map(({ connection }) => connection))];
}

/** Puts what was seen of one connection in the order in which the segments travelled. */
export function tracePath(sightings: Sighting[], connection: number, client: Client): Path {
    const of = (kind: Sighting["kind"]) =>
        withoutRepetitions(sightings.filter((seen) => seen.kind === kind && seen.connection === connection));
    const syns = of("SYN");
    const syn = follow(
        syns,
        syns.find((seen) => isFirst(seen, client)),
    );
    const synAcks = of("SYN-ACK");
    const synAck = follow(synAcks, firstOn(synAcks, syn.at(-1)));
    const rsts = of("RST");
    return { syn, synAck, rst: follow(rsts, firstOn(rsts, synAck.at(-1) ?? syn.at(-1))) };
}

/** How a request ended, by the machines that its segments were seen on. */
export function outcomeOf(path: Path): Outcome {
    const { syn, synAck, rst } = path;
    if (synAck.length === 0) {
        return rst.length > 0 ? "refused" : "unanswered";
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
    return synAck[0]?.machine === "lb" ? "answered by lb" : "through lb";
}

/** Whether the client got an answer that it takes: to where it asked from, from where it asked. */
export function isAccepted({ syn, synAck }: Path): boolean {
    const [asked, answer] = [syn[0], synAck.at(-1)];
    return asked !== undefined && asked.source === answer?.destination && asked.destination === answer.source;
}

/** Whether an answer reached the client's machine, be it one that the client does not take. */
export function hasArrived(path: Path): boolean {
    const answer = path.synAck.at(-1);
    const received = path.synAck.length > 1 && answer?.direction === "in" && answer.machine === path.syn[0]?.machine;
    return received || isAccepted(path);
}

/** What the machine changed between receiving and sending the segment that `hops[index]` shows it sending. */
export function rewritesAt(hops: Sighting[], index: number): Rewrite[] {
    const [before, after] = [hops[index - 1], hops[index]];
    if (!before || !after || before.machine !== after.machine) {
        return [];
    }
    return (["source", "destination"] as const)
        .filter((end) => before[end] !== after[end])
        .map((end) => ({ end, from: before[end], to: after[end] }));
}

function isFirst({ kind, machine, source }: Sighting, client: Client): boolean {
    return kind === "SYN" && machine === client.machine && addressOf(source) === client.address;
}

function onLb({ machine }: Sighting): boolean {
    return machine === "lb";
}

/** A segment that was sent again is seen again at the same places. */
function withoutRepetitions(sightings: Sighting[]): Sighting[] {
    return [...new Map(sightings.map((seen) => [JSON.stringify(seen), seen])).values()];
}

/** Answers begin where the segment that they answer ended. */
function firstOn(sightings: Sighting[], end: Sighting | undefined): Sighting | undefined {
    return sightings.find(({ machine }) => machine === end?.machine);
}

/**
 * Follows one segment from where it was first seen. Inside a machine the order of its capture counts; between machines
 * the addresses do, because clocks differ.
 */
function follow(sightings: Sighting[], first: Sighting | undefined): Sighting[] {
    const hops: Sighting[] = [];
    for (let here = first; here; ) {
        hops.push(here);
        const { machine, direction, source, destination } = here;
        const rest = sightings.slice(direction === "in" ? sightings.indexOf(here) : 0);
        here = rest.find(
            (next) =>
                !hops.includes(next) &&
                (direction === "in"
                    ? next.machine === machine && next.direction === "out"
                    : next.machine !== machine &&
                      next.direction === "in" &&
                      next.source === source &&
                      next.destination === destination),
        );
    }
    return hops;
}
