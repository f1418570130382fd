import { expect, it } from "vitest";
import { parseAddresses, parseExchange, sourcePorts } from "./probe";

const section = (text: string) => ({ exitCode: 0, text, truncated: false });
const curl = {
    exitcode: 0,
    errormsg: null,
    http_code: 200,
    redirect_url: null,
    remote_ip: "192.168.20.1",
    local_port: 20001,
    time_total: 0.2,
};

it("separates a body, also one with line ends and braces, from curl's fields", () => {
    const body = "a\n{b}\n\n";
    expect(parseExchange("/x", section(`${body}\n${JSON.stringify(curl)}`))).toEqual({
        path: "/x",
        exitCode: 0,
        error: "",
        status: 200,
        body,
        location: "",
        remoteAddress: "192.168.20.1",
        localPort: 20001,
        seconds: 0.2,
    });
});

it("keeps the reason of a request without a response", () => {
    const failed = {
        ...curl,
        exitcode: 28,
        errormsg: "Connection timed out",
        http_code: 0,
        remote_ip: "",
        local_port: 0,
    };
    expect(parseExchange("/x", section(`\n${JSON.stringify(failed)}`))).toMatchObject({
        exitCode: 28,
        error: "Connection timed out",
        status: 0,
        body: "",
    });
});

it.each([undefined, section(""), section("killed"), section("body\n{incomplete")])(
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
