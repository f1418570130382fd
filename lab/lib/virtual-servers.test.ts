import { expect, it } from "vitest";
import { parseVirtualServers } from "./virtual-servers";

it("puts real servers under the service they belong to", () => {
    const rules = [
        "-A -t 192.168.20.1:80 -s rr",
        "-a -t 192.168.20.1:80 -r 192.168.20.130:80 -m -w 1",
        "-a -t 192.168.20.1:80 -r 192.168.20.131:80 -m -w 1",
        "-A -t 192.168.20.1:443 -s rr",
    ].join("\n");
    expect(parseVirtualServers(rules)).toEqual([
        { address: "192.168.20.1:80", realServers: ["192.168.20.130:80", "192.168.20.131:80"] },
        { address: "192.168.20.1:443", realServers: [] },
    ]);
});

it("finds nothing where keepalived has set nothing", () => {
    expect(parseVirtualServers("")).toEqual([]);
});
