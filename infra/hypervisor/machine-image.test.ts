import { expect, it } from "vitest";
import { sourceOf } from "./machine-image";

it.each([
    [".lab/image/disk.qcow2", ".lab/image/disk.qcow2"],
    ["/srv/my images/50% #1/vmlinuz", "/srv/my%20images/50%25%20%231/vmlinuz"],
])("passes %s as a path, not as parts of a URL", (path, source) => {
    expect(sourceOf(path)).toBe(source);
    expect(decodeURIComponent(new URL(source, "file:///").pathname)).toContain(path);
});
