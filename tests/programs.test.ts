import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { missingPrograms } from "./programs";

const folder = mkdtempSync(join(tmpdir(), "programs-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("finds executables in any folder of PATH", () => {
    writeFileSync(join(folder, "openssl"), "", { mode: 0o755 });
    writeFileSync(join(folder, "virsh"), "", { mode: 0o644 });
    expect(missingPrograms(["openssl"], ["/nonexistent", folder].join(delimiter))).toEqual([]);
    expect(missingPrograms(["openssl", "virsh", "isoinfo"], folder)).toEqual(["virsh", "isoinfo"]);
    expect(missingPrograms([join(folder, "openssl"), join(folder, "virsh")], "")).toEqual([join(folder, "virsh")]);
});
