import type { EngineEvent } from "@pulumi/pulumi/automation/events.js";
import type { Milestone } from "./milestones";

/** Seconds without a milestone after which the open ones are named again. */
const repeatAfter = 30;

/**
 * The progress of an update, from Pulumi's engine events, as lines such as
 * `[ 5 of 16, 1:05] control plane; waiting for first boot of host`.
 */
export class Progress {
    private readonly done = new Set<string>();
    private readonly open = new Set<Milestone>();
    private readonly failures: string[] = [];
    private printed: number;

    /**
     * @param further steps that follow after the update, for the total
     * @param print receives a line
     * @param now milliseconds, as Date.now
     */
    constructor(
        private readonly milestones: readonly Milestone[],
        private readonly further: number,
        private readonly print: (line: string) => void,
        private readonly now: () => number = Date.now,
        private readonly start: number = now(),
    ) {
        this.printed = start;
    }

    /** Messages of resources and programs that failed. */
    get errors(): readonly string[] {
        return this.failures;
    }

    /** Processes an event. */
    add(event: EngineEvent): void {
        const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent } = event;
        const begun = this.milestoneOf(resourcePreEvent?.metadata.urn);
        if (begun) {
            this.open.add(begun);
        }
        const ended = this.milestoneOf(resOutputsEvent?.metadata.urn);
        if (ended && !this.done.has(ended.title)) {
            this.open.delete(ended);
            this.reached(ended.title);
        }
        const failed = this.milestoneOf(resOpFailedEvent?.metadata.urn);
        if (failed) {
            this.open.delete(failed);
        }
        if (diagnosticEvent?.severity === "error") {
            this.failures.push(withoutColors(diagnosticEvent.message).trim());
        }
    }

    /** Counts a step that follows after the update. */
    reached(title: string): void {
        this.done.add(title);
        this.line(title);
    }

    /** Prints the open milestones when nothing was printed for some time. */
    tick(): void {
        if (this.now() - this.printed >= repeatAfter * 1000) {
            this.line();
        }
    }

    private line(title?: string): void {
        const total = this.milestones.length + this.further;
        const count = `${this.done.size}`.padStart(`${total}`.length);
        const next = this.milestones.filter((one) => !this.done.has(one.title)).slice(0, 1);
        const waiting = (this.open.size > 0 ? [...this.open] : next).map((one) => one.title).join(", ");
        const parts = [...(title ? [title] : []), ...(waiting ? [`waiting for ${waiting}`] : [])];
        this.printed = this.now();
        this.print(`[${count} of ${total}, ${clock(this.now() - this.start)}] ${parts.join("; ")}`);
    }

    private milestoneOf(urn: string | undefined): Milestone | undefined {
        return this.milestones.find(({ resource }) => urn?.endsWith(`$${resource}`) || urn?.endsWith(`::${resource}`));
    }
}

/** Minutes and seconds, `7:05`. */
function clock(milliseconds: number): string {
    const seconds = Math.round(milliseconds / 1000);
    return `${Math.floor(seconds / 60)}:${`${seconds % 60}`.padStart(2, "0")}`;
}

/** Pulumi marks colors as `<{%fg 1%}>`. */
function withoutColors(text: string): string {
    return text.replace(/<\{%.*?%\}>/g, "");
}
