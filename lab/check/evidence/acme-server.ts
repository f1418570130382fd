import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { type AddressPlan, domain } from "../../../infra/config/address-plan";
import type { Section, SectionOutput } from "../../lib/framed-script";
import type { AuthorityEvidence, IssuedCertificate } from "./evidence";
import { fetchPage, trustBundle } from "./host";
import { programDigests } from "./integrity";
import { readValueLogs } from "./value-log";

export const acmeUnits = ["named", "step-ca"] as const;

/** Prints the lab's root certificate. Contestants cannot log in to acme-server. */
export const readRootCertificate = "/usr/bin/cat /var/lib/step-ca/root_ca.crt";

/** The examination of acme-server, which also has the originals of the programs on host and lb. */
export function acmeServerSections({ vip, nameServer }: AddressPlan, rootCertificate: string): Section[] {
    const resolve = [80, 443].map((port) => `--resolve www.${domain}:${port}:${vip}`).join(" ");
    return [
        fetchPage("page", rootCertificate, resolve),
        { name: "units", commands: `/usr/bin/systemctl is-active ${acmeUnits.join(" ")}` },
        { name: "dns", commands: `/usr/bin/dig +short +time=5 +tries=2 @${nameServer} www.${domain} A` },
        {
            name: "database",
            // badger locks an open database, so its files are read.
            commands:
                "shopt -s nullglob; for log in /var/lib/step-ca/db/*.vlog; do " +
                '/usr/bin/gzip --stdout --fast "$log" | /usr/bin/base64 --wrap=0; echo; done',
            limit: 8 * 1024 * 1024,
        },
        {
            name: "requests",
            commands:
                "/usr/bin/journalctl --unit step-ca --output cat --no-pager --grep 'path=/acme/acme/order/[^/ ]+/finalize' | " +
                "/usr/bin/tail --lines=200",
        },
        { name: "trusted", commands: `/usr/bin/cat ${trustBundle}`, limit: 1024 * 1024 },
        // Of the machine image, which is the same on the nodes; image/fill-image-store.sh.
        { name: "images", commands: "file /var/lib/containerd/images.txt", builtin: true },
        programDigests,
    ];
}

const accountSchema = z.object({ id: z.string(), createdAt: z.string() });

const orderSchema = z.object({ identifiers: z.array(z.object({ value: z.string() })).default([]) });

const certificateSchema = z.object({
    accountID: z.string(),
    orderID: z.string(),
    createdAt: z.string(),
    /** base64 of PEM. */
    leaf: z.base64().transform((leaf) => Buffer.from(leaf, "base64").toString()),
});

/**
 * Accounts and certificates in the authority's database.
 *
 * @param database the section of that name: each line a value log, compressed, in base64
 * @param requests the section of that name: lines of the authority's log
 */
export function parseAuthority(
    database: SectionOutput | undefined,
    requests: SectionOutput | undefined,
): AuthorityEvidence {
    try {
        return readAuthority(database, requests?.text ?? "");
    } catch (error) {
        return { failure: error instanceof Error ? error.message : String(error), accounts: [], certificates: [] };
    }
}

function readAuthority(database: SectionOutput | undefined, requests: string): AuthorityEvidence {
    if (database?.exitCode !== 0 || database.truncated) {
        throw new Error(database ? "it cannot be read completely" : "acme-server did not return it");
    }
    const logs = database.text.split("\n").filter((line) => line !== "");
    const entries = readValueLogs(logs.map((line) => gunzipSync(Buffer.from(line, "base64"))));
    const rows = (table: string) => entries.filter((entry) => entry.table === table);
    const orders = new Map(rows("acme_orders").map(({ key, value }) => [key, orderSchema.parse(JSON.parse(value))]));
    const accounts = rows("acme_accounts").map(({ value }) => accountSchema.parse(JSON.parse(value)));
    if (accounts.length === 0) {
        throw new Error("it has no accounts");
    }
    return {
        accounts: accounts
            .map(({ id, createdAt }) => ({ id, created: createdAt }))
            .sort((a, b) => a.created.localeCompare(b.created)),
        certificates: rows("acme_certs").map(({ value }): IssuedCertificate => {
            const certificate = certificateSchema.parse(JSON.parse(value));
            const [der = Buffer.alloc(0)] = certificatesIn(certificate.leaf);
            return {
                fingerprint: fingerprintOf(der),
                account: certificate.accountID,
                order: certificate.orderID,
                created: certificate.createdAt,
                names: (orders.get(certificate.orderID)?.identifiers ?? []).map((identifier) => identifier.value),
                finalizeRequests: finalizeRequests(requests, certificate.orderID),
            };
        }),
    };
}

/** Successful requests to finalize an order. Format: https://pkg.go.dev/github.com/sirupsen/logrus#TextFormatter */
function finalizeRequests(log: string, order: string): IssuedCertificate["finalizeRequests"] {
    const field = (line: string, name: string) => {
        const [, plain, quoted] = new RegExp(`(?:^| )${name}=(?:([^" ]\\S*)|"((?:[^"\\\\]|\\\\.)*)")`).exec(line) ?? [];
        return plain ?? quoted ?? "";
    };
    return log
        .split("\n")
        .filter((line) => line.includes(`/order/${order}/finalize`) && field(line, "status").startsWith("2"))
        .map((line) => ({
            address: field(line, "remote-address"),
            userAgent: field(line, "user-agent"),
            time: field(line, "time"),
        }));
}

/** DER of the certificates in a PEM text. */
export function certificatesIn(pem: string): Buffer[] {
    return [...pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g)].map(([, body = ""]) =>
        Buffer.from(body, "base64"),
    );
}

/** SHA-256, hexadecimal. */
export function fingerprintOf(der: Buffer): string {
    return createHash("sha256").update(der).digest("hex");
}
