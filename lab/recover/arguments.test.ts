import { describe, expect, it } from "vitest";
import { changesStack, stackOfArguments } from "./arguments";

describe("stackOfArguments", () => {
    it.each([
        "--stack dev",
        "--stack=dev",
        "-s dev",
        "-s=dev",
        "-sdev",
        "-yfs dev",
        "--stack organization/certificate-lab/dev",
        "--stack other --stack dev",
    ])("reads up --yes %s", (words) => {
        expect(stackOfArguments(["up", "--yes", ...words.split(" ")])).toBe("dev");
    });

    it.each(["", "--skip-preview", "-c fixed=true", "-- --stack dev", "--stack"])("reads no stack from %s", (words) => {
        expect(stackOfArguments(["up", ...words.split(" ")])).toBeUndefined();
    });
});

describe("changesStack", () => {
    it.each(["up", "--stack=dev update", "destroy --yes", "down", "dn", "refresh"])("holds for %s", (words) => {
        expect(changesStack(words.split(" "))).toBe(true);
    });

    it.each(["preview", "stack export", "config set fixed true", "--help", "cancel"])(
        "does not hold for %s",
        (words) => {
            expect(changesStack(words.split(" "))).toBe(false);
        },
    );
});
