import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { fingerprintOf, parseAuthority } from "./acme-server";
import { leaf } from "./sample";

const part = (text: string) => {
    const bytes = Buffer.from(text);
    return Buffer.concat([Buffer.from([bytes.length & 0xff, bytes.length >> 8]), bytes]);
};
const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >> 7)]);
const entry = (table: string, key: string, value: object) => {
    const name = Buffer.concat([part(table), part(key)]);
    const text = Buffer.from(JSON.stringify(value));
    return Buffer.concat([
        Buffer.from([0, 0, ...varint(name.length + 8), ...varint(text.length), 0]),
        name,
        Buffer.alloc(8, 1),
        text,
        Buffer.alloc(4),
    ]);
};
const database = (...entries: Buffer[]) => ({
    exitCode: 0,
    truncated: false,
    text: `${gzipSync(Buffer.concat([Buffer.alloc(20), ...entries])).toString("base64")}\n`,
});

const entries = [
    entry("acme_accounts", "second", { id: "second", createdAt: "2026-11-26T12:00:00Z" }),
    entry("acme_accounts", "first", { id: "first", createdAt: "2026-11-26T11:00:00Z" }),
    entry("acme_orders", "o1", { id: "o1", status: "valid", identifiers: [{ type: "dns", value: "www.ictsc.test" }] }),
    entry("acme_certs", "c1", {
        accountID: "first",
        orderID: "o1",
        createdAt: "2026-11-26T11:30:00Z",
        leaf: Buffer.from(leaf).toString("base64"),
    }),
];

it("reads accounts and certificates, with the requests that finalized their orders", () => {
    const line = (order: string, status: number) =>
        `time="2026-11-26T11:30:00Z" level=info duration="3ms" method=POST name=ca path=/acme/acme/order/${order}/finalize ` +
        `remote-address=192.168.20.130 status=${status} user-agent="cert-manager-orders/v1.21.2 (linux/amd64)" user-id=`;
    const requests = {
        exitCode: 0,
        truncated: false,
        text: [line("o1", 200), line("o1", 400), line("o2", 200)].join("\n"),
    };
    expect(parseAuthority(database(...entries), requests)).toEqual({
        accounts: [
            { id: "first", created: "2026-11-26T11:00:00Z" },
            { id: "second", created: "2026-11-26T12:00:00Z" },
        ],
        certificates: [
            {
                fingerprint: fingerprintOf(Buffer.from(leaf.split("\n").slice(1, -2).join(""), "base64")),
                account: "first",
                order: "o1",
                created: "2026-11-26T11:30:00Z",
                names: ["www.ictsc.test"],
                finalizeRequests: [
                    {
                        address: "192.168.20.130",
                        userAgent: "cert-manager-orders/v1.21.2 (linux/amd64)",
                        time: "2026-11-26T11:30:00Z",
                    },
                ],
            },
        ],
    });
});

it.each([
    ["did not return it", undefined],
    ["cannot be read completely", { ...database(...entries), truncated: true }],
    ["cannot be read completely", { ...database(...entries), exitCode: 1 }],
    ["has no accounts", database()],
    ["", { exitCode: 0, truncated: false, text: "not base64 of a file\n" }],
])("has a failure for a database that %s", (reason, section) => {
    expect(parseAuthority(section, undefined).failure).toContain(reason);
});
