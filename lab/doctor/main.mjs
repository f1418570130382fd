#!/usr/bin/env node
/**
 * Starts `lab doctor` on a machine with nothing but Node.js, so that it runs before every installation, build and download.
 *
 * Everything that it imports needs only Node.js' own modules: infra/preflight, except preflight.ts, and this folder. Their
 * relative imports have the extension .ts, and they use only syntax that type stripping erases
 * (https://nodejs.org/api/typescript.html), so that Node.js 22.18 and later run them without a compiler. Where npm packages
 * are installed, tsx runs them: then older Node.js suffices, and the program's schema validates the stack's settings.
 *
 * This file is JavaScript because it reports a Node.js that cannot read TypeScript.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(import.meta.url);
const root = join(dirname(main), "..", "..");
const version = process.versions.node;

if (Number(version.split(".")[0]) < 22) {
    console.error(`Node.js ${version} is too old, the lab needs 22 or later. Install it: toolchain/install-node.sh`);
    process.exit(4);
}
const tsx = await import("tsx").catch(() => undefined);
if (tsx === undefined && !process.features.typescript) {
    console.error(`Node.js ${version} runs TypeScript only with npm packages. Install them: npm ci, or Node.js 22.18`);
    process.exit(4);
}
// Type stripping and globSync are experimental in Node.js 22; packages without "type" are reported as well.
process.removeAllListeners("warning");
// With require, tsx and type stripping export the same names: tsx compiles to CommonJS here.
const { run } = createRequire(import.meta.url)("./main.ts");
process.exit(await run(process.argv.slice(2), root, main));
