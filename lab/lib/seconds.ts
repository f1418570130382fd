import { InvalidArgumentError } from "commander";

/**
 * The value of an option that is a number of seconds.
 *
 * @throws InvalidArgumentError, which commander reports with the option's name
 */
export function seconds(text: string): number {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 0) {
        throw new InvalidArgumentError("It must be a whole number of seconds, 0 or more.");
    }
    return value;
}
