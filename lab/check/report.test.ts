import { describe, expect, it } from "vitest";
import { evaluate } from "./evaluate";
import { solvedEvidence, withSection } from "./evidence/sample";
import { exitCodeOfReport, type Report, reportJson, reportTable } from "./report";

const reportOf = (evidence = solvedEvidence(), afterReboot?: ReturnType<typeof solvedEvidence>): Report => ({
    evidence,
    outcomes: evaluate(evidence),
    solutions: ["hairpin NAT on lb"],
    ...(afterReboot ? { afterReboot: { evidence: afterReboot, outcomes: evaluate(afterReboot) } } : {}),
});
const unsolved = () => withSection(solvedEvidence(), "host", "page", "<title>Another</title>\nHTTPS 192.168.20.1 0");

describe("a report", () => {
    it("shows a row for each check, the verdict and the solution", () => {
        const lines = reportTable(reportOf()).split("\n");
        expect(lines[0]).toMatch(/^check +verdict +reason$/);
        expect(lines[1]).toMatch(/^page on host +pass +nginx's page/);
        expect(lines.slice(-2)).toEqual(["", "solved; seen: hairpin NAT on lb"]);
    });

    it("separates the verdict on the solution from the verdict after a reboot", () => {
        const report = reportOf(solvedEvidence(), unsolved());
        expect(JSON.parse(reportJson(report))).toMatchObject({
            verdict: "solved",
            exitCode: 1,
            afterReboot: { verdict: "not solved" },
        });
        expect(reportTable(report)).toMatch(/solved; seen.*\n\nAfter a reboot of lb:\n[\s\S]*\nnot solved$/);
        expect(exitCodeOfReport({ ...report, afterReboot: undefined })).toBe(0);
    });

    it("has the evidence of each check, shortened", () => {
        const evidence = withSection(solvedEvidence(), "lb", "ip_vs", "x".repeat(5000));
        const { checks } = JSON.parse(reportJson(reportOf(evidence)));
        const keepalived = checks.find(({ check }: { check: string }) => check === "keepalived");
        expect(keepalived.evidence.find(({ part }: { part: string }) => part === "lb/ip_vs")).toEqual({
            part: "lb/ip_vs",
            when: "2026-11-26T12:00:00.000Z",
            exitCode: 0,
            text: `${"x".repeat(4000)}... (1000 characters more)`,
        });
    });

    it("shows text of a machine as text: escape sequences, line ends and markup", () => {
        const hostile = "\u001b[2J\u202e<script>alert(1)</script>\nsolved";
        const report = reportOf();
        const outcomes = report.outcomes.map((outcome) => ({ ...outcome, reason: hostile }));
        const shown = reportTable({ ...report, outcomes });
        expect(shown).not.toMatch(/[^\x20-\x7e\n]/);
        expect(shown.split("\n").filter((line) => line === "solved")).toEqual([]);
        expect(reportJson({ ...report, outcomes })).not.toMatch(/[^\x20-\x7e\n]/);
    });
});
