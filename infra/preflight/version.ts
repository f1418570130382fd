/**
 * Whether a version is at least another: compared number by number, as far as both have numbers.
 *
 * @param version dotted numbers; further text is ignored, so `1:7.2+dfsg-7` must be passed without its epoch
 */
export function isAtLeast(version: string, oldest: string): boolean {
    const numbers = (text: string) => (/^\d+(\.\d+)*/.exec(text)?.[0] ?? "0").split(".").map(Number);
    const [have, want] = [numbers(version), numbers(oldest)];
    for (const [index, number] of want.entries()) {
        const difference = (have[index] ?? 0) - number;
        if (difference !== 0) {
            return difference > 0;
        }
    }
    return true;
}
