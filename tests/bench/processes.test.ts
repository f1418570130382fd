import { expect, it } from "vitest";
import { parseStat, readProcesses, treeOf } from "./processes";

/** /proc/PID/stat with a program's name that contains spaces and parentheses. */
const stat =
    "4711 (tmux: (a) b) S 17 4711 4711 0 -1 4194560 2500 900 3 1 150 50 1200 34 20 0 5 0 887766 228352000 2560 18446744073709551615 1 1 0";

const processAt = (pid: number, parent: number) => ({ ...parseStat(stat), pid, parent });

it("parses times in seconds and memory in MiB", () => {
    expect(parseStat(stat)).toEqual({ pid: 4711, parent: 17, startTime: "887766", own: 2, waited: 12.34, memory: 10 });
});

it("finds a process and its descendants, parents first", () => {
    const processes = [processAt(4, 3), processAt(3, 1), processAt(5, 2), processAt(2, 1), processAt(1, 0)];
    const idsBelow = (root: number | undefined) => treeOf(root, processes).map(({ pid }) => pid);
    expect(idsBelow(3)).toEqual([3, 4]);
    expect(idsBelow(1)).toEqual([1, 3, 2, 4, 5]);
    expect(idsBelow(9)).toEqual([]);
    expect(idsBelow(undefined)).toEqual([]);
});

it("reads this process", () => {
    const [self] = treeOf(process.pid, readProcesses());
    expect(self).toMatchObject({ pid: process.pid, parent: process.ppid });
    expect(self?.own).toBeGreaterThan(0);
    expect(self?.memory).toBeGreaterThan(1);
});
