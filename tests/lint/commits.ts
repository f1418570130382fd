/** Checks the subjects of commits with commitlint: npm run lint:commits */
import { spawnSync } from "node:child_process";
import { commitRange, lastUnchecked } from "./commit-range";

const { status } = spawnSync("node_modules/.bin/commitlint", commitRange(lastUnchecked), { stdio: "inherit" });
process.exitCode = status ?? 1;
