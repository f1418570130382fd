import { join } from "node:path";
import { type Check, fail, ok, pending } from "../../infra/preflight/check.ts";

/**
 * The stack's settings, validated by the program's schema. The check is pending until npm packages are installed.
 */
export function settings(stack: string): Check {
    return {
        name: "settings",
        stage: "install",
        applies: () => true,
        async run({ host, context }) {
            const file = `Pulumi.${stack}.yaml`;
            const text = host.readText(join(context.folders.repository, file));
            if (text === undefined) {
                return ok(`the stack ${stack} has the defaults`);
            }
            const program = await loadProgram();
            if (program === undefined) {
                return pending(`${file} is checked when npm packages are installed`);
            }
            try {
                program.parseSettings(program.parse(text)?.config ?? {});
                return ok(`${file} is valid`);
            } catch (error) {
                const [reason = "", ...mistakes] = (error as Error).message.split("\n").map((line) => line.trim());
                return fail(mistakes.join("; ") || reason, `pulumi config --stack ${stack}`);
            }
        },
    };
}

/** The parsers of YAML and of settings; undefined before npm packages are installed. */
async function loadProgram() {
    try {
        const [{ parse }, { parseSettings }] = await Promise.all([
            import("yaml"),
            import("../../infra/config/settings.ts"),
        ]);
        return { parse, parseSettings };
    } catch {
        return undefined;
    }
}
