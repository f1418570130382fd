import { describe, expect, it } from "vitest";
import type { CheckResult } from "./check";
import type { Verdict } from "./judge";
import { exitCodeOfReport, reportJson, reportTable } from "./report";

const check = (name: string, verdict: Verdict, stdout = ""): CheckResult => ({
    name,
    verdict,
    reason: `because of ${name}`,
    evidence: [{ machine: "lb", command: "true", exitCode: 0, stdout, stderr: "", when: "2020-11-28T00:00:00Z" }],
});

describe("a report", () => {
    it("shows a row a check, the verdict and what was seen", () => {
        const table = reportTable({ checks: [check("page", "pass")], solutions: ["hairpin NAT on lb"] });
        expect(table.split("\n")).toEqual([
            "check  verdict  reason",
            "page   pass     because of page",
            "",
            "solved; seen: hairpin NAT on lb",
        ]);
    });

    it("keeps the verdict of the problem apart from that of the reboot", () => {
        const report = {
            checks: [check("page", "pass")],
            solutions: [],
            persistence: check("survives a reboot of lb", "unsolved"),
        };
        expect(JSON.parse(reportJson(report))).toMatchObject({
            verdict: "solved",
            exitCode: 1,
            persistence: { verdict: "unsolved" },
        });
        expect(exitCodeOfReport({ ...report, persistence: undefined })).toBe(0);
    });

    it("gives evidence with machine, command, output and time, shortened", () => {
        const [first] = JSON.parse(
            reportJson({ checks: [check("page", "pass", "x".repeat(5000))], solutions: [] }),
        ).checks;
        expect(first.evidence[0]).toMatchObject({ machine: "lb", command: "true", when: "2020-11-28T00:00:00Z" });
        expect(first.evidence[0].stdout).toMatch(/^x{4000}\.\.\. \(1000 characters more\)$/);
    });
});
