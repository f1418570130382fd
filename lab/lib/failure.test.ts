import { expect, it } from "vitest";
import { failureReason } from "./failure";

it.each([
    ["no response in time", undefined, 'E1124 memcache.go:265] "Unhandled Error"'],
    ["SSH: Connection refused", 255, "ssh: connect to host 192.168.20.20 port 22: Connection refused\r"],
    [
        "Unable to connect to the server: net/http: TLS handshake timeout",
        1,
        "E1124 memcache.go:265]\nUnable to connect to the server: net/http: TLS handshake timeout\n",
    ],
    ["exit code 3", 3, ""],
])("returns %s", (reason, exitCode, stderr) => {
    expect(failureReason({ exitCode, stderr })).toBe(reason);
});
