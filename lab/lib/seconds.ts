import { InvalidArgumentError } from "commander";

/** Seconds; Node.js' timers have no longer durations than 24 days. */
const maximum = 1_000_000;

/**
 * The value of an option that is a number of seconds.
 *
 * @throws InvalidArgumentError, which commander reports with the option's name
 */
export function seconds(text: string): number {
    if (!/^\d+$/.test(text) || Number(text) > maximum) {
        throw new InvalidArgumentError(`It must be a whole number of seconds from 0 to ${maximum}.`);
    }
    return Number(text);
}
