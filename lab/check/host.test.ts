import { expect, it } from "vitest";
import { judgeHost } from "./host";

const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
const rightful = pem("AAA\nBBB") + pem("CCC");

it("passes an untouched host, whatever the order and line ends of its bundle", () => {
    expect(judgeHost("", pem("CCC") + pem("AAABBB"), rightful).verdict).toBe("pass");
});

it("names what was planted", () => {
    expect(judgeHost("/etc/hosts:192.168.20.130 www.ictsc.test\n", rightful, rightful)).toEqual({
        verdict: "constraint broken",
        reason: "host was changed: /etc/hosts:192.168.20.130 www.ictsc.test",
    });
});

it("finds a certificate authority from elsewhere", () => {
    expect(judgeHost("", rightful + pem("DDD"), rightful).reason).toContain("1 certificate(s) from elsewhere");
});
