import { randomBytes } from "node:crypto";
import { z } from "zod";
import { quoted } from "../../infra/preflight/shell-word";

/** A part of a script whose output is separate from the other parts'. */
export interface Section {
    name: string;
    /** Bash commands. Their standard error is part of the output, their standard input is empty. */
    commands: string;
    /** Bytes of output that are kept; default 64 KiB. */
    limit?: number;
    /** Without other programs: only bash's builtin commands and {@link functions}. Their memory is limited. */
    builtin?: boolean;
    /** Runs at the same time as the other sections; default: after the section before it. */
    background?: boolean;
}

export const sectionOutputSchema = z.object({
    exitCode: z.number(),
    text: z.string(),
    /** Whether output is missing because it exceeded the limit. */
    truncated: z.boolean(),
});

/** Output of a section. */
export type SectionOutput = z.output<typeof sectionOutputSchema>;

/** A script whose output {@link parseFrames} reads. */
export interface FramedScript {
    /** Random, so that no program on the machine can predict it. */
    marker: string;
    /** For a login shell of any kind. */
    command: string;
    /** Bytes kept of each section, by its name. */
    limits: Record<string, number>;
}

/** Debian's programs; files in /usr/local are the contestant's. */
const path = "/usr/sbin:/usr/bin:/sbin:/bin";

/** Exit code of the functions for a file that does not exist. */
export const missingFile = 66;

/** Exit code of the functions for a file with more lines than they print. */
export const longFile = 67;

/** Lines of a file that the functions print. */
const maximumLines = 20_000;

/** Functions for sections: `file` prints a regular file, `kernelFile` one of /proc or /sys. */
const functions = `
file() { [[ -f $1 ]] || return ${missingFile}; kernelFile "$1"; }
kernelFile() {
    [[ -e $1 ]] || return ${missingFile}
    local text=()
    mapfile -n ${maximumLines + 1} text <"$1" || return
    printf '%s' "\${text[@]:0:${maximumLines}}"
    ((\${#text[@]} <= ${maximumLines})) || return ${longFile}
}
`;

/**
 * Combines sections into one script: bash with fixed paths and an empty environment, without startup files and input.
 *
 * @param marker frames the output of each section; default: random
 */
export function framedScript(sections: Section[], marker = randomBytes(16).toString("hex")): FramedScript {
    const background = sections.filter((section) => section.background);
    const lines = [
        `PATH=${path} LC_ALL=C marker=${marker}`,
        "set -o pipefail",
        "umask 077",
        functions,
        ...(background.length > 0
            ? [
                  "directory=$(/usr/bin/mktemp --directory) || exit",
                  `trap '/usr/bin/rm --recursive --force "$directory"' EXIT`,
                  ...background.map((section, i) => `{ ${limited(section)}; } >"$directory/${i}" &\npids[${i}]=$!`),
              ]
            : []),
        ...sections
            .filter((section) => !section.background)
            .flatMap((section) => framed(section.name, `${limited(section)}\ncode=$?`)),
        ...background.flatMap((section, i) =>
            framed(section.name, `wait "\${pids[${i}]}"\ncode=$?\n/usr/bin/cat "$directory/${i}"`),
        ),
        `printf '\\n%s complete\\n' "$marker"`,
    ];
    return {
        marker,
        command: `/usr/bin/env -i PATH=${path} LC_ALL=C /usr/bin/bash --noprofile --norc -c ${quoted(lines.join("\n"))}`,
        limits: Object.fromEntries(sections.map((section) => [section.name, limitOf(section)])),
    };
}

/**
 * Reads what a framed script printed.
 *
 * @param output may begin with other text, for example of a startup file of the login shell
 * @returns the sections that ended, and whether the whole script did
 */
export function parseFrames(
    output: string,
    { marker, limits }: Pick<FramedScript, "marker" | "limits">,
): { sections: Record<string, SectionOutput>; complete: boolean } {
    const frames = new RegExp(`\\n${marker} begin (\\S+)\\n([\\s\\S]*?)\\n${marker} end \\1 (\\d+)(?=\\n|$)`, "g");
    const sections = [...`\n${output}`.matchAll(frames)].map(
        ([, name = "", text = "", code]): [string, SectionOutput] => [
            name,
            {
                exitCode: Number(code),
                text,
                truncated: Buffer.byteLength(text) >= (limits[name] ?? Number.POSITIVE_INFINITY),
            },
        ],
    );
    return { sections: Object.fromEntries(sections), complete: output.trimEnd().endsWith(`\n${marker} complete`) };
}

/** Whether a section contains all that its commands print: the file may be missing, and commands may fail. */
export function isComplete({ exitCode, truncated }: SectionOutput): boolean {
    // bash ends with 2 when it exceeds its memory.
    return !truncated && [0, 1, missingFile].includes(exitCode);
}

function limitOf({ limit = 64 * 1024 }: Section): number {
    return limit;
}

function limited(section: Section): string {
    const commands = `(\n${section.builtin ? "ulimit -v 150000\n" : ""}${section.commands}\n) 2>&1 </dev/null`;
    return section.builtin ? commands : `${commands} | /usr/bin/head --bytes=${limitOf(section)}`;
}

function framed(name: string, commands: string): string[] {
    return [
        `printf '\\n%s begin %s\\n' "$marker" ${name}`,
        commands,
        `printf '\\n%s end %s %d\\n' "$marker" ${name} "$code"`,
    ];
}
