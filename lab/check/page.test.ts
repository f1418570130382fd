import { describe, expect, it } from "vitest";
import { judgePage } from "./page";

const nginx = "<title>Welcome to nginx!</title>";

describe("judgePage", () => {
    const judge = (stdout: string, exitCode = 0, stderr = "") =>
        judgePage({ exitCode, stdout, stderr }, "192.168.20.1").verdict;

    it("passes nginx's page from the VIP over verified HTTPS", () => {
        expect(judge(`${nginx}\nhttps 192.168.20.1 0`)).toBe("pass");
        expect(judge(`${nginx}\nHTTPS 192.168.20.1 0`)).toBe("pass");
    });

    it("fails a certificate that curl refuses, plain HTTP and another page", () => {
        expect(judge("", 60, "curl: (60) SSL certificate problem: unable to get local issuer certificate")).toBe(
            "unsolved",
        );
        expect(judge(`${nginx}\nhttp 192.168.20.1 0`)).toBe("unsolved");
        expect(judge(`${nginx}\nhttps 192.168.20.1 20`)).toBe("unsolved");
        expect(judge("<title>It works</title>\nhttps 192.168.20.1 0")).toBe("unsolved");
    });

    it("calls a page from elsewhere a broken constraint", () => {
        expect(judge(`${nginx}\nhttps 192.168.20.130 0`)).toBe("constraint broken");
    });
});
