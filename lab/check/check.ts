import type { AddressPlan, MachineName } from "../../infra/config/address-plan";
import type { Cluster } from "../lib/kubernetes-api";
import type { CommandResult, Machines, RunOptions } from "../lib/ssh";
import { UnreachableError } from "../lib/stack";
import type { Judgement } from "./judge";

/** What a check looks at. */
export interface Subject {
    plan: AddressPlan;
    /** The lab's root certificate, PEM, as acme-server has it: contestants can't log in there. */
    rootCertificate: string;
    /**
     * Runs a command as root and keeps it as evidence.
     *
     * @throws UnreachableError when the machine does not answer: then nothing can be judged
     */
    run(machine: MachineName, command: string, options?: RunOptions): Promise<CommandResult>;
    /**
     * Asks the cluster as {@link Cluster} does, and keeps the answer as evidence.
     *
     * @throws UnreachableError when the API server does not answer
     */
    read: Cluster["read"];
    list: Cluster["list"];
    replacement: Cluster["replacement"];
}

/** One condition of the problem's end state, or one of its constraints. */
export interface Check {
    name: string;
    judge(subject: Subject): Promise<Judgement>;
}

/** A judgement with what it was decided by. */
export interface CheckResult extends Judgement {
    name: string;
    evidence: CommandResult[];
}

/** Runs one check, and collects what it looked at. */
export async function runCheck(
    check: Check,
    { machines, cluster }: { machines: Machines; cluster: Cluster },
    known: Pick<Subject, "plan" | "rootCertificate">,
): Promise<CheckResult> {
    const evidence: CommandResult[] = [];
    const ask = async <Answer>(command: string, question: Promise<Answer>): Promise<Answer> => {
        const keep = (exitCode: number, stdout: string, stderr: string) =>
            evidence.push({ machine: "k8s-master", command, exitCode, stdout, stderr, when: new Date().toISOString() });
        try {
            const answer = await question;
            keep(0, JSON.stringify(answer) ?? "", "");
            return answer;
        } catch (error) {
            const message = error instanceof Error ? error.message : String(error);
            keep(1, "", message);
            throw new UnreachableError(`The API server does not answer "${command}": ${message}`);
        }
    };
    const judgement = await check.judge({
        ...known,
        run: async (machine, command, options) => {
            const result = await machines.run(machine, command, options);
            evidence.push(result);
            // 255 is ssh(1)'s own failure.
            if (result.exitCode === undefined || result.exitCode === 255) {
                throw new UnreachableError(`${machine} does not answer: ${result.stderr || "no answer in time"}`);
            }
            return result;
        },
        read: (object) => ask(`read ${object.kind} ${object.metadata.name}`, cluster.read(object)),
        list: (kind, namespace) => ask(`list ${kind.kind}`, cluster.list(kind, namespace)),
        replacement: (wanted, live) =>
            ask(
                `replace ${wanted.kind} ${wanted.metadata.name} by the manifest's, dry run`,
                cluster.replacement(wanted, live),
            ),
    });
    return { name: check.name, ...judgement, evidence };
}
