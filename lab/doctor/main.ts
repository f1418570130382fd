import { parseArgs } from "node:util";
import { localHost } from "../../infra/preflight/host-facts.ts";
import { examine } from "./doctor.ts";
import { keepSudo, renewSudo } from "./keep-sudo.ts";
import { table } from "./report.ts";

/** As in lab/lib/exit-codes.ts, which imports modules that plain Node.js does not resolve. */
const failureExitCode = 4;

const usage = `Usage: lab doctor [--stack NAME] [--json | --quiet] [--keep-sudo PID]

Checks every precondition of make up. Changes nothing.

  --stack NAME     default: the selected stack
  --json           the results as JSON
  --quiet          only warnings and failures
  --keep-sudo PID  read the password for sudo where make up needs it, and keep it until this process ends

Exit codes:
  0  the lab can be built here; warnings do not count
  1  something must be fixed first
  4  the command failed: wrong usage or an error of the command itself`;

export interface DoctorOptions {
    stack?: string;
    json?: boolean;
    quiet?: boolean;
    keepSudo?: number;
}

/**
 * Runs `lab doctor` and prints its report.
 *
 * @param root the repository's root
 * @param main path of main.mjs
 * @returns the exit code: 1 when something must be fixed first
 */
export async function doctor(options: DoctorOptions, root: string, main: string): Promise<number> {
    const { report, needsPassword } = await examine(localHost, root, options.stack);
    const text = options.json ? JSON.stringify(report, null, 2) : table(report, options.quiet);
    if (text !== "") {
        console.log(text);
    }
    if (!report.ready) {
        return 1;
    }
    if (options.keepSudo !== undefined && needsPassword) {
        return keepSudo(options.keepSudo, main) ? 0 : 1;
    }
    return 0;
}

/** The command line of main.mjs; returns the exit code. */
export async function run(args: string[], root: string, main: string): Promise<number> {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        process.on(signal, () => process.exit(1)); // the exit handlers end ssh
    }
    let values: ReturnType<typeof parse>;
    try {
        values = parse(args);
    } catch (error) {
        console.error(`${(error as Error).message}\n\n${usage}`);
        return failureExitCode;
    }
    if (values.help) {
        console.log(usage);
        return 0;
    }
    if (values["renew-sudo"] !== undefined) {
        await renewSudo(Number(values["renew-sudo"]));
        return 0;
    }
    const { stack, json, quiet } = values;
    return doctor({ stack, json, quiet, keepSudo: pid(values["keep-sudo"]) }, root, main);
}

function pid(text: string | undefined): number | undefined {
    return text === undefined ? undefined : Number(text);
}

function parse(args: string[]) {
    return parseArgs({
        args,
        options: {
            stack: { type: "string" },
            json: { type: "boolean" },
            quiet: { type: "boolean" },
            "keep-sudo": { type: "string" },
            "renew-sudo": { type: "string" },
            help: { type: "boolean", short: "h" },
        },
    }).values;
}
