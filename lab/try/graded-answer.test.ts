import { expect, it } from "vitest";
import { answerJson, answersJson, answerTable, csvHeading, csvRow, type GradedAnswer } from "./graded-answer";

const answer = (changes: Partial<GradedAnswer> = {}): GradedAnswer => ({
    file: "team1.md",
    exitCode: 0,
    verdict: "solved",
    points: 80,
    survivesReboot: true,
    solutions: ["hairpin NAT on lb"],
    outcomes: [{ check: "self check", verdict: "pass", reason: "" }],
    steps: [
        {
            machine: "lb",
            user: "user",
            command: "sudo sysctl -w net.ipv4.vs.conntrack=1",
            line: 3,
            exitCode: 0,
            ended: "exit",
            output: "net.ipv4.vs.conntrack = 1\n",
            seconds: 0.5,
        },
    ],
    skipped: 0,
    seconds: 120,
    ...changes,
});

it("shows each command with its result, then the verdict and the points", () => {
    expect(answerTable(answer()).split("\n")).toEqual([
        "line  machine  user  command                                 result       seconds",
        "3     lb       user  sudo sysctl -w net.ipv4.vs.conntrack=1  exit code 0  0.5",
        "",
        "team1.md: solved; seen: hairpin NAT on lb; survives a reboot of lb",
        "Points for the executable part: 80",
    ]);
});

it("shows the open checks, and what was not executed", () => {
    const outcomes = [{ check: "self check", verdict: "unsolved", reason: "Connection timed out" }];
    const text = answerTable(
        answer({
            outcomes,
            verdict: "not solved",
            exitCode: 1,
            points: 0,
            skipped: 2,
            solutions: [],
            survivesReboot: undefined,
        }),
    );
    expect(text).toContain("2 commands were not executed");
    expect(text).toContain("self check  unsolved  Connection timed out");
    expect(text).toContain("team1.md: not solved\nPoints for the executable part: 0");
});

it("shows output of machines as text", () => {
    const hostile = answer({ verdict: "\u001b[2Jsolved\u009b", file: "a\u202eb" });
    expect(answersJson([hostile])).not.toMatch(/[^\x20-\x7e\n]/);
    expect(answerTable(hostile)).not.toMatch(/[^\x20-\x7e\n]/);
    expect(answerJson(hostile)).not.toMatch(/[^\x20-\x7e\n]/);
});

it("writes a line for each answer, in which no field ends early or is a formula", () => {
    const broken = answer({
        file: '=cmd("x"),2.md',
        verdict: "constraint broken",
        exitCode: 2,
        points: 0,
        survivesReboot: undefined,
        solutions: [],
        outcomes: [
            { check: "page on host", verdict: "unsolved", reason: "no" },
            { check: "keepalived", verdict: "constraint broken", reason: 'it was "changed",\nand stopped' },
        ],
    });
    expect([csvHeading, csvRow(answer()), csvRow(broken)]).toEqual([
        '"file","verdict","exit_code","points","survives_reboot","solutions","reason","seconds"',
        '"team1.md","solved","0","80","true","hairpin NAT on lb","","120"',
        '" =cmd(""x""),2.md","constraint broken","2","0","","","keepalived: it was ""changed"", and stopped","120"',
    ]);
});
