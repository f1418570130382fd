/** An entry of a key-value database: the last value written for its key. */
export interface Entry {
    /** As smallstep's databases name it, for example acme_orders. */
    table: string;
    key: string;
    value: string;
}

/** Bytes before the first entry: the key's id and the initialization vector, both zero without encryption. */
const fileHeaderLength = 20;

/** Bytes of the version that badger appends to each key. */
const versionLength = 8;

const checksumLength = 4;

/** Bit of an entry's first byte. */
const deleted = 1;

/**
 * Reads the value logs of a badger v2 database, which contain every write in its order. badger locks a database for the
 * process that has opened it, so the files are read without badger.
 *
 * Format: https://github.com/dgraph-io/badger/blob/v2.2007.4/structs.go and value.go; keys as in
 * https://github.com/smallstep/nosql/blob/master/badger/v2/badger.go
 *
 * @param logs contents of the files `*.vlog` in the order of their names; the rest after an incomplete entry is ignored
 */
export function readValueLogs(logs: Buffer[]): Entry[] {
    const entries = new Map<string, Entry>();
    for (const { meta, key, value } of logs.flatMap((log) => [...entriesOf(log)])) {
        const [table, name] = partsOf(key);
        if (table === undefined || name === undefined) {
            continue;
        }
        const id = `${table}/${name}`;
        if (meta & deleted) {
            entries.delete(id);
        } else {
            entries.set(id, { table, key: name, value: value.toString("utf8") });
        }
    }
    return [...entries.values()];
}

function* entriesOf(log: Buffer): Generator<{ meta: number; key: Buffer; value: Buffer }> {
    for (let offset = fileHeaderLength; offset < log.length; ) {
        const meta = log[offset] ?? 0;
        // The second byte belongs to the database's user; then follow three lengths.
        const keyLength = unsignedVarint(log, offset + 2);
        const valueLength = keyLength && unsignedVarint(log, keyLength.end);
        const expiry = valueLength && unsignedVarint(log, valueLength.end);
        if (!expiry || keyLength.value === 0) {
            return;
        }
        const valueStart = expiry.end + keyLength.value;
        const end = valueStart + valueLength.value + checksumLength;
        if (end > log.length || keyLength.value < versionLength) {
            return;
        }
        yield {
            meta,
            key: log.subarray(expiry.end, valueStart - versionLength),
            value: log.subarray(valueStart, end - checksumLength),
        };
        offset = end;
    }
}

/** The length-prefixed parts of a key; undefined for badger's own keys. */
function partsOf(key: Buffer): (string | undefined)[] {
    const parts: string[] = [];
    for (let offset = 0; offset < key.length; ) {
        if (offset + 2 > key.length) {
            return [];
        }
        const end = offset + 2 + key.readUInt16LE(offset);
        if (end > key.length) {
            return [];
        }
        parts.push(key.toString("utf8", offset + 2, end));
        offset = end;
    }
    return parts;
}

/** https://pkg.go.dev/encoding/binary#Uvarint; undefined when it is incomplete or longer than 64 bits */
function unsignedVarint(buffer: Buffer, start: number): { value: number; end: number } | undefined {
    let value = 0;
    for (let i = 0; i < 10; i++) {
        const byte = buffer[start + i];
        if (byte === undefined) {
            return undefined;
        }
        value += (byte & 0x7f) * 2 ** (7 * i);
        if (byte < 0x80) {
            return { value, end: start + i + 1 };
        }
    }
    return undefined;
}
