import { expect, it } from "vitest";
import { parseAddresses, parseExchange, sourcePorts } from "./probe";

const section = (text: string) => ({ exitCode: 0, text, truncated: false });

it("separates a body, also one with line ends and tabs, from curl's fields", () => {
    const body = "a\n0\t1\t2\n\n";
    expect(parseExchange("/x", section(`${body}\n0\t302\t20001\t0.2\t192.168.20.1\thttps://x/\t`))).toEqual({
        path: "/x",
        exitCode: 0,
        error: "",
        status: 302,
        body,
        location: "https://x/",
        remoteAddress: "192.168.20.1",
        localPort: 20001,
        seconds: 0.2,
    });
});

it("keeps the reason of a request without a response", () => {
    expect(parseExchange("/x", section("\n28\t000\t-1\t4.003\t\t\tConnection timed out"))).toMatchObject({
        exitCode: 28,
        error: "Connection timed out",
        status: 0,
        localPort: -1,
        body: "",
    });
});

const tooLong = section("\n0\t200\t1\t0.2\t192.168.20.1\t\t\tmore");

it.each([undefined, section(""), section("killed"), section("body\n28\t000"), tooLong])(
    "finds no response in %o",
    (output) => {
        expect(parseExchange("/x", output)).toBeUndefined();
    },
);

it("reads each address once", () => {
    const output =
        "192.168.20.1    STREAM www.ictsc.test\n192.168.20.1    DGRAM\n192.168.20.1    RAW\n10.244.1.9 STREAM";
    expect(parseAddresses(section(output))).toEqual(["192.168.20.1", "10.244.1.9"]);
    expect(parseAddresses(undefined)).toEqual([]);
});

it("uses a different source port for each request", () => {
    expect(new Set(sourcePorts(8)).size).toBe(8);
});
