import type { Way } from "../check/self-check";
import type { AtBoot } from "../lib/load-balancer/boot";
import type { LabFacts } from "./facts";
import { type Hint, type HintName, hint } from "./hint";

/** Paths that depend on rules of lb. */
const translated: Way[] = ["IPVS with source NAT", "DNAT on lb", "process on lb"];

/**
 * The part of a working solution that a reboot of lb removes; undefined when everything returns, or when lb is not part of
 * the solution. Where files do not show the result of a reboot, the hint names `lab check --reboot`.
 */
export function missingPersistence({ lb, selfCheck }: LabFacts): Hint | undefined {
    const ways = new Set(selfCheck.requests.map(({ way }) => way));
    const uses = (...some: Way[]) => some.some((way) => ways.has(way));
    const parts: [boolean, AtBoot, Partial<Record<AtBoot, HintName>>][] = [
        // A solution that works without the sysctl does not need it after a reboot.
        [uses("IPVS with source NAT") && lb.conntrack, lb.boot.sysctl, { missing: "sysctl-not-persistent" }],
        // A setting in sysctl.d is skipped as long as the module is not loaded.
        [
            uses("IPVS with source NAT") && lb.conntrack && lb.boot.sysctl === "set",
            lb.boot.module,
            { missing: "module-not-persistent" },
        ],
        [uses(...translated), lb.boot.rules, { missing: "rules-not-persistent" }],
        [uses("process on lb"), lb.boot.proxies, {}],
    ];
    const applicable = parts.filter(([applies, state]) => applies && state !== "set");
    const certain = applicable.flatMap(([, state, hints]) => hints[state] ?? []);
    if (certain[0] !== undefined) {
        return hint(certain[0]);
    }
    return applicable.length > 0 ? hint("persistence-unknown") : undefined;
}
