import { machineNames } from "../../infra/config/address-plan";
import { table } from "../../lab/lib/table";
import { sum } from "./meter";
import type { BenchResult, StageResult } from "./result";

/** Share and CPU seconds by which a stage may exceed the baseline. One second is the resolution of the measurement. */
const [tolerance, resolution] = [0.1, 1];

const guestCpuOf = ({ guestCpu }: StageResult) => sum(Object.values(guestCpu));
const cpuOf = (stage: StageResult) => guestCpuOf(stage) + stage.hostCpu;

/** The same stage of a baseline; undefined where it has none. */
const sameIn = (baseline: BenchResult | undefined, { name }: StageResult) =>
    baseline?.stages.find((stage) => stage.name === name);

/** A line for each stage that uses over 10 % and over one second more CPU time than in the baseline. */
export function increases(result: BenchResult, baseline: BenchResult): string[] {
    return result.stages.flatMap((stage) => {
        const earlier = sameIn(baseline, stage);
        const [now, before] = [cpuOf(stage), earlier === undefined ? Number.POSITIVE_INFINITY : cpuOf(earlier)];
        return now > before * (1 + tolerance) && now > before + resolution
            ? [`Over 10 % more CPU: ${stage.name}: ${now.toFixed(1)} s instead of ${before.toFixed(1)} s`]
            : [];
    });
}

/** The figures of a run as tables, with ratios to a baseline. */
export function report(result: BenchResult, baseline?: BenchResult): string {
    const parts = [[conditionsOf(result)], table(stageRows(result, baseline)), table(machineRows(result.stages))];
    if (baseline !== undefined) {
        parts.push([`Baseline: ${conditionsOf(baseline)}`, ...increases(result, baseline)]);
    }
    return parts.map((lines) => lines.join("\n")).join("\n\n");
}

function conditionsOf({ date, revision, accelerator, processors, versions }: BenchResult): string {
    const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    return [date, `revision ${revision}`, accelerator, `${processors} processors`, ...programs].join(", ");
}

/** Memory and disk are those at the end of the stage. */
function stageRows({ stages }: BenchResult, baseline: BenchResult | undefined): string[][] {
    const ratioHeadings = baseline === undefined ? [] : ["WALL RATIO", "GUEST CPU RATIO"];
    const ratio = (now: number, before: number | undefined) => (before ? (now / before).toFixed(2) : "-");
    return [
        ["STAGE", "WALL s", "GUEST CPU s", "HOST CPU s", "MEMORY MiB", "DISK MiB", ...ratioHeadings],
        ...stages.map((stage) => {
            const earlier = sameIn(baseline, stage);
            const ratios = [
                ratio(stage.wall, earlier?.wall),
                ratio(guestCpuOf(stage), earlier && guestCpuOf(earlier)),
            ].slice(0, ratioHeadings.length);
            const times = [stage.wall, guestCpuOf(stage), stage.hostCpu].map((value) => value.toFixed(1));
            return [stage.name, ...times, stage.memory.toFixed(0), stage.disk.toFixed(0), ...ratios];
        }),
    ];
}

/** Guest CPU seconds by machine. */
function machineRows(stages: readonly StageResult[]): string[][] {
    const cells = ({ guestCpu }: StageResult) => machineNames.map((machine) => (guestCpu[machine] ?? 0).toFixed(1));
    return [["GUEST CPU s", ...machineNames], ...stages.map((stage) => [stage.name, ...cells(stage)])];
}
