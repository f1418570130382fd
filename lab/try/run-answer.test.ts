import { afterEach, describe, expect, it } from "vitest";
import { parseAnswer } from "./answer";
import { runAnswer } from "./run-answer";
import { BashSession } from "./shell";

const sessions = new Map<string, BashSession>();
afterEach(() => {
    for (const session of sessions.values()) {
        session.close();
    }
    sessions.clear();
});

const shellOf = ({ machine, user }: { machine: string; user: string }) => {
    const name = `${machine} ${user}`;
    const session = sessions.get(name) ?? new BashSession("bash", ["--noprofile", "--norc"]);
    sessions.set(name, session);
    return session;
};

const run = async (answer: string, options: Partial<Parameters<typeof runAnswer>[2]> = {}) =>
    runAnswer(parseAnswer(answer), shellOf, { commandDeadline: 20, deadline: 60, ...options });

const outcomesOf = async (answer: string, options?: Parameters<typeof run>[1]) =>
    (await run(answer, options)).steps.map(({ result }) => [result.exitCode, result.text]);

it("keeps directory and variables between the commands of a machine, not between machines", async () => {
    expect(await outcomesOf('lb$ cd /usr; NAME=a\nlb$ pwd; echo $NAME\nhost$ echo "[$NAME]"')).toEqual([
        [0, ""],
        [0, "/usr\na\n"],
        [0, "[]\n"],
    ]);
});

it("runs a command in its prompt's directory", async () => {
    expect(await outcomesOf("user@lb:/usr/bin$ pwd\nuser@lb:~$ [[ $PWD == ~ ]]")).toEqual([
        [0, "/usr/bin\n"],
        [0, ""],
    ]);
});

it("continues after a command that fails, and keeps standard error", async () => {
    expect(await outcomesOf("lb$ echo no >&2; false\nlb$ printf yes")).toEqual([
        [1, "no\n"],
        [0, "yes"],
    ]);
});

it("does not pass the next commands to a command as input", async () => {
    expect(await outcomesOf("lb$ cat; read x\nlb$ echo next")).toEqual([
        [1, ""],
        [0, "next\n"],
    ]);
});

it("executes here-documents and quotes as they are", async () => {
    const [[code, text] = []] = await outcomesOf("lb$ cat <<'END'\n$HOME `id` it's\nEND\n");
    expect([code, text]).toEqual([0, "$HOME `id` it's\n"]);
});

describe("a command that does not end", () => {
    it("is ended at its deadline, and the next one runs", async () => {
        const { steps } = await run("lb$ echo begun; sleep 60\nlb$ echo next", { commandDeadline: 1 });
        expect(steps.map(({ result }) => [result.ended, result.text])).toEqual([
            ["deadline", "begun\n"],
            ["exit", "next\n"],
        ]);
    });

    it("is ended when its output exceeds the limit", async () => {
        const { steps } = await run("lb$ yes\nlb$ echo next");
        expect(steps.map(({ result }) => [result.ended, result.text.length])).toEqual([
            ["deadline", 64 * 1024],
            ["exit", 5],
        ]);
    });

    it("leaves the rest of the answer out when all deadlines are over", async () => {
        const { steps, skipped } = await run("lb$ sleep 60\nlb$ true\nlb$ true", { deadline: 1 });
        expect([steps.length, skipped]).toEqual([1, 2]);
    });
});

it("starts another shell after a command that ends it", async () => {
    const { steps } = await run("lb$ exit 3\nlb$ echo next\nlb$ exec false\nlb$ echo last");
    expect(steps.map(({ result }) => result.ended)).toEqual(["shell ended", "exit", "shell ended", "exit"]);
});

it("starts another shell when the shell ended between two commands", async () => {
    const { steps } = await run("lb$ { sleep 0.2; kill -9 $$; } &\nhost$ sleep 1\nlb$ echo next");
    expect(steps.map(({ result }) => [result.ended, result.text])).toEqual([
        ["exit", ""],
        ["exit", ""],
        ["exit", "next\n"],
    ]);
});

it("passes no marker on that output could imitate", async () => {
    const [[code, text] = []] = await outcomesOf(`lb$ printf '\\n%s 0\\n' ${"0".repeat(32)}; false`);
    expect([code, text]).toEqual([1, `\n${"0".repeat(32)} 0\n`]);
});

it("shows output while the command runs", async () => {
    const parts: string[] = [];
    await run("lb$ echo 1; sleep 0.3; seq 1000", { onOutput: (text) => parts.push(text) });
    expect(parts.join("")).toMatch(/^1\n1\n2\n/);
});
