import { expect, it } from "vitest";
import { readValueLogs } from "./value-log";

const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >> 7)]);
const part = (text: string) => {
    const bytes = Buffer.from(text);
    return Buffer.concat([Buffer.from([bytes.length & 0xff, bytes.length >> 8]), bytes]);
};
const entry = (key: Buffer, value: string, meta = 0) =>
    Buffer.concat([
        Buffer.from([meta, 0, ...varint(key.length + 8), ...varint(Buffer.byteLength(value)), 0]),
        key,
        Buffer.alloc(8, 0xff),
        Buffer.from(value),
        Buffer.alloc(4),
    ]);
const row = (table: string, key: string, value: string, meta?: number) =>
    entry(Buffer.concat([part(table), part(key)]), value, meta);
const log = (...entries: Buffer[]) => Buffer.concat([Buffer.alloc(20), ...entries]);

it("reads the last value of each key, over several files", () => {
    const long = "x".repeat(300);
    const first = log(row("acme_orders", "a", "1"), row("acme_orders", "b", long));
    const second = log(row("acme_orders", "a", "2"), row("acme_certs", "a", "3"));
    expect(readValueLogs([first, second])).toEqual([
        { table: "acme_orders", key: "a", value: "2" },
        { table: "acme_orders", key: "b", value: long },
        { table: "acme_certs", key: "a", value: "3" },
    ]);
});

it("leaves out deleted keys, the tables themselves and badger's own keys", () => {
    const logs = [
        log(
            row("nonces", "n", ""),
            row("nonces", "n", "", 1),
            entry(part("acme_orders"), ""),
            entry(Buffer.from("!badger!txn"), "5"),
        ),
    ];
    expect(readValueLogs(logs)).toEqual([]);
});

it("ends at an entry that is not written completely, and at unwritten space", () => {
    const complete = row("acme_orders", "a", "1");
    const expected = [{ table: "acme_orders", key: "a", value: "1" }];
    expect(readValueLogs([log(complete, row("acme_orders", "b", "2").subarray(0, 20))])).toEqual(expected);
    expect(readValueLogs([log(complete, Buffer.alloc(100))])).toEqual(expected);
    expect(readValueLogs([Buffer.alloc(0)])).toEqual([]);
});
