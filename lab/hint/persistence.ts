import { hairpinFault, hairpinRules } from "./hairpin-rule";
import { type Hint, hint } from "./hint";
import { isAmong, type NatRule } from "./nat-rules";
import type { LabFacts } from "./observation";
import { solutionBegun } from "./solution";

/** What of a solution that works would be gone after a reboot of lb; undefined when nothing would. */
export function missingPersistence(facts: LabFacts): Hint | undefined {
    const { lb } = facts;
    const unsaved = lb.natRules.filter((rule) => !isAmong(rule, lb.boot.natRules));
    switch (solutionBegun(facts)) {
        case "hairpin NAT":
            return missingOfHairpin(facts, unsaved);
        case "DNAT":
        case "reverse proxy":
            return unsaved.length === 0 ? undefined : hint("rules-not-persistent");
        default:
            return undefined;
    }
}

function missingOfHairpin({ lb, plan }: LabFacts, unsaved: NatRule[]): Hint | undefined {
    // What works without the sysctl does not need it after a reboot either.
    if (lb.conntrack && !lb.boot.conntrack) {
        return hint(lb.boot.conntrackInSysctlConf ? "sysctl-conf-not-read" : "sysctl-not-persistent");
    }
    if (lb.conntrack && !lb.boot.module) {
        return hint("module-not-persistent");
    }
    const saved = hairpinRules(lb.boot.natRules).some(
        (rule) => hairpinFault(rule, lb.boot.natRules, plan) === undefined,
    );
    return saved || unsaved.length === 0 ? undefined : hint("rules-not-persistent");
}
