import { setTimeout } from "node:timers/promises";
import { Command } from "commander";
import { addressPlan, defaultNetwork } from "../infra/address-plan";
import { type CheckResult, runChecks } from "./check";
import { exitCodeOf } from "./judge";
import { recognizeSolutions } from "./solution";
import { Machines } from "./ssh";
import { type LabStack, readStack, UnreachableError } from "./stack";
import { statusText } from "./status";
import { topologySvg } from "./topology";

/** Seconds between two rounds of checks. */
const retryDelay = 10;

async function withLab(stackName: string | undefined, work: (machines: Machines, stack: LabStack) => Promise<number>) {
    let machines: Machines | undefined;
    try {
        const stack = await readStack(stackName);
        machines = await Machines.connect(stack);
        process.exitCode = await work(machines, stack);
    } catch (error) {
        if (!(error instanceof UnreachableError)) {
            throw error;
        }
        console.error(error.message);
        process.exitCode = 3;
    } finally {
        await machines?.close();
    }
}

/** Checks until the problem is solved, a constraint is broken, or the deadline (seconds) is over. */
async function checkUntil(machines: Machines, stack: LabStack, deadline: number): Promise<CheckResult[]> {
    const end = Date.now() + deadline * 1000;
    for (;;) {
        const results = await runChecks(machines, stack);
        if (exitCodeOf(results) !== 1 || Date.now() > end) {
            return results;
        }
        const open = results.filter(({ verdict }) => verdict === "unsolved").map(({ name }) => name);
        console.error(`Not solved yet (${open.join(", ")}); ${Math.ceil((end - Date.now()) / 1000)} s left.`);
        await setTimeout(retryDelay * 1000);
    }
}

const program = new Command("lab")
    .description("Judge and look at the certificate lab")
    .option("--stack <name>", "default: the selected one");

program
    .command("check")
    .description(
        "decide whether the problem is solved; exit code 0 solved, 1 not solved, 2 constraint broken, 3 not judged",
    )
    .option("--json", "every check with its evidence")
    .option("--deadline <seconds>", "how long to wait for what needs time", "0")
    .action(({ json, deadline }: { json?: boolean; deadline: string }) =>
        withLab(program.opts().stack, async (machines, stack) => {
            const checks = await checkUntil(machines, stack, Number(deadline));
            const solutions = await recognizeSolutions(machines, stack);
            const exitCode = exitCodeOf(checks);
            const verdict = ["solved", "not solved", "constraint broken"][exitCode];
            if (json) {
                console.log(JSON.stringify({ verdict, solutions, checks }, null, 2));
            } else {
                for (const { name, verdict, reason } of checks) {
                    console.log(`${name.padEnd(22)} ${verdict.padEnd(18)} ${reason}`);
                }
                console.log(`\n${verdict}${solutions.length > 0 ? ` (seen: ${solutions.join(", ")})` : ""}`);
            }
            return exitCode;
        }),
    );

program
    .command("status")
    .description("machines, cluster, certificate, challenge and real servers on one screen")
    .option("--watch", "again every 10 seconds")
    .action(({ watch }: { watch?: boolean }) =>
        withLab(program.opts().stack, async (machines, stack) => {
            do {
                const text = await statusText(machines, stack);
                if (watch) {
                    console.clear();
                }
                console.log(text);
            } while (watch && (await setTimeout(retryDelay * 1000, true)));
            return 0;
        }),
    );

program
    .command("topology")
    .description("the topology as an SVG picture, from the address plan")
    .option("--network <cidr>", "the lab's /24", defaultNetwork)
    .action(({ network }: { network: string }) => {
        process.stdout.write(topologySvg(addressPlan(network)));
    });

program.parseAsync();
