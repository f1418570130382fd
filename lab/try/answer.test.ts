import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../infra/config/config-files";
import { AnswerError, parseAnswer } from "./answer";

const block = (...lines: string[]) => ["# Answer", "", "```console", ...lines, "```", ""].join("\n");
const commandsOf = (text: string) => parseAnswer(text).map(({ machine, command }) => [machine, command]);

it("reads the console blocks of a document with their output, and no other blocks", () => {
    const document = [
        "# Solution",
        "```console",
        "user@host:~/manifests$ kubectl delete -f web.yaml",
        'deployment.apps "web" deleted',
        "user@lb:~$ sudo true",
        "```",
        "```yaml",
        "user@lb:~$ not a command",
        "```",
        "1. In a list:",
        "   ```console",
        "   user@lb:~$ sudo false",
        "   ```",
    ].join("\n");
    const common = { user: "user", directory: "~", output: [] };
    expect(parseAnswer(document)).toEqual([
        {
            ...common,
            ...{ machine: "host", directory: "~/manifests", command: "kubectl delete -f web.yaml", line: 3 },
            output: ['deployment.apps "web" deleted'],
        },
        { ...common, machine: "lb", command: "sudo true", line: 5 },
        { ...common, machine: "lb", command: "sudo false", line: 12 },
    ]);
});

it("reads a plain list", () => {
    const common = { user: "user", directory: undefined };
    expect(parseAnswer("The cause is NAT.\nlb$ sudo sysctl -w a=1\na = 1\nhost$ kubectl get cert")).toEqual([
        { ...common, machine: "lb", command: "sudo sysctl -w a=1", line: 2, output: ["a = 1"] },
        { ...common, machine: "host", command: "kubectl get cert", line: 4, output: [] },
    ]);
});

it.each(["root@lb:~# id", "root@lb:/etc# id", "lb# id", "[root@lb ~]# id"])("runs %s as root", (line) => {
    expect(parseAnswer(block(line))).toMatchObject([{ machine: "lb", user: "root", command: "id" }]);
});

describe("a command of several lines", () => {
    it.each([
        [
            "a here-document",
            ["user@lb:~$ sudo tee x <<'END'", "a $b", "it's", "END", "printed"],
            "sudo tee x <<'END'\na $b\nit's\nEND",
        ],
        ["an indented here-document", ["user@lb:~$ cat <<-EOF", "\ta", "\tEOF"], "cat <<-EOF\n\ta\n\tEOF"],
        ["escaped line ends", ["user@lb:~$ echo \\", "  a", "a"], "echo \\\n  a"],
        ["open quotes", ["user@lb:~$ echo 'a", "> b'", "a"], "echo 'a\nb'"],
        [
            "a here-document with the prompts of a terminal",
            ["user@lb:~$ sudo tee x <<END", "> a", ">", "> > b", "> END", "a"],
            "sudo tee x <<END\na\n\n> b\nEND",
        ],
        ["an escaped delimiter", ["user@lb:~$ cat <<\\EOF", "$a", "EOF", "$a"], "cat <<\\EOF\n$a\nEOF"],
        ["a delimiter with a hyphen", ["user@lb:~$ cat <<END-X", "END", "END-X", "END"], "cat <<END-X\nEND\nEND-X"],
        [
            "a loop",
            ["user@lb:~$ for port in 80 443; do", ">     sudo true $port", "> done", "done"],
            "for port in 80 443; do\n    sudo true $port\ndone",
        ],
        [
            "a condition without prompts",
            ["user@lb:~$ if ! sudo true", "then", "  echo if", "fi", "fi"],
            "if ! sudo true\nthen\n  echo if\nfi",
        ],
        ["a case", ["user@lb:~$ case $a in", "  b) echo b;;", "esac", "b"], "case $a in\n  b) echo b;;\nesac"],
        ["a group", ["user@lb:~$ sudo sh -c x && {", "  echo a", "}", "a"], "sudo sh -c x && {\n  echo a\n}"],
        ["a subshell", ["user@lb:~$ (cd /tmp", "pwd)", "/tmp"], "(cd /tmp\npwd)"],
        ["a pipe", ["user@lb:~$ sudo iptables-save |", "> grep nat", "*nat"], "sudo iptables-save |\ngrep nat"],
        ["a list", ["user@lb:~$ true &&", "false", "x"], "true &&\nfalse"],
    ])("has %s", (_, lines, command) => {
        expect(commandsOf(block(...lines))).toEqual([["lb", command]]);
    });

    it.each([
        ["user@lb:~$ cat <<<word", "word"],
        ["user@lb:~$ echo it\\'s", "it's"],
        ["user@lb:~$ true # it's a comment", "x"],
        ['user@lb:~$ echo "it\'s"', "it's"],
        ["user@lb:~$ echo if for case done { in", "if for case done { in"],
        ["user@lb:~$ echo $((1<<4))", "16"],
        ["user@lb:~$ grep '<<END' file", "<<END"],
        ["user@lb:~$ true # <<END", "x"],
        ["user@lb:~$ find . \\( -name a \\) -exec echo {} \\;", "a"],
        ["user@lb:~$ curl -v http://www.ictsc.test", "> GET / HTTP/1.1"],
        ["user@lb:~$ for i in 1 2; do echo $i; done", "1"],
        ["user@lb:~$ f() { echo a; }; f", "a"],
        ["user@lb:~$ [[ -e x ]] || (exit 1)", "x"],
        ["user@lb:~$ sleep 1 &", "[1] 100"],
    ])("is not %s", (line, output) => {
        expect(parseAnswer(block(line, output))).toHaveLength(1);
    });

    it("must end", () => {
        expect(() => parseAnswer(block("user@lb:~$ tee x <<'END'", "a"))).toThrow("Line 4: the command does not end");
    });
});

it("rejects machines that contestants cannot log in to, and an answer without a command", () => {
    expect(() => parseAnswer(block("root@k8s-worker1:~# id"))).toThrow(
        "Line 4: contestants cannot log in to k8s-worker1",
    );
    expect(() => parseAnswer("Restart everything.")).toThrow(AnswerError);
    expect(() => parseAnswer("")).toThrow("has no command");
});

it("reads the published solutions", () => {
    const text = readFileSync(join(repositoryRoot, "docs", "solution.en.md"), "utf8");
    expect(commandsOf(text)).toContainEqual(["lb", "sudo netfilter-persistent save"]);
});
