import { describe, expect, it } from "vitest";
import { addressPlan } from "../../infra/config/address-plan";
import { judgeKeepalived, judgeServices } from "./keepalived";

describe("judgeKeepalived", () => {
    const verdict = (stdout: string) => judgeKeepalived({ stdout }, "abc").verdict;

    it("passes an untouched, running keepalived", () => {
        expect(verdict("abc  -\nactive\n")).toBe("pass");
    });

    it("finds another configuration, a stopped unit and what overrides it", () => {
        expect(verdict("abd  -\nactive")).toBe("constraint broken");
        expect(verdict("abc  -\ninactive")).toBe("constraint broken");
        expect(verdict("abc  -\nactive\n/etc/systemd/system/keepalived.service.d")).toBe("constraint broken");
        expect(verdict("abc  -\nactive\n??5?????? c /etc/default/keepalived")).toBe("constraint broken");
    });
});

describe("judgeServices", () => {
    const plan = addressPlan();
    const table = [
        "-A -t 192.168.20.1:80 -s rr",
        "-a -t 192.168.20.1:80 -r 192.168.20.130:80 -m -w 1",
        "-a -t 192.168.20.1:80 -r 192.168.20.131:80 -m -w 1",
        "-A -t 192.168.20.1:443 -s rr",
        "-a -t 192.168.20.1:443 -r 192.168.20.131:443 -m -w 1",
    ];

    it("passes what keepalived sets, also with a real server in bad health", () => {
        expect(judgeServices({ stdout: `${table.join("\n")}\n` }, plan).verdict).toBe("pass");
    });

    it.each([
        "-a -t 192.168.20.1:80 -r 192.168.20.129:80 -m -w 1",
        "-a -t 192.168.20.1:80 -r 192.168.20.130:80 -g -w 1",
        "-A -t 192.168.20.1:8080 -s rr",
    ])("finds %s", (line) => {
        expect(judgeServices({ stdout: [...table, line].join("\n") }, plan).verdict).toBe("constraint broken");
    });
});
