import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The folder with all cells and templates of this user: `LAB_STATE`, else `certificate-lab` in the XDG state directory.
 * https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string {
    return env.LAB_STATE || join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "certificate-lab");
}
