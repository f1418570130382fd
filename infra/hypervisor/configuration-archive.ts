import { packTar } from "modern-tar";
import type { ConfigFile } from "../config/config-files";

/**
 * The content of a configuration disk: a tar archive of files that belong to root. The machine's first boot unpacks it
 * into the root file system (image/initrd/init). Returns the same bytes for the same input.
 *
 * @param files with their paths on the machine; of two files with one path the later one applies
 * @param units systemd units that the machine starts at every boot, with their suffix, as `systemctl enable` links them
 */
export async function configurationArchive(files: ConfigFile[], units: string[]): Promise<Buffer> {
    const mtime = new Date(0);
    const regular = [...new Map(files.map((file) => [file.path, file])).values()].map(
        ({ path, content, permissions }) => ({
            header: {
                name: path.slice(1),
                size: Buffer.byteLength(content),
                mode: Number.parseInt(permissions, 8),
                mtime,
            },
            body: content,
        }),
    );
    const links = units.map((unit) => ({
        header: {
            type: "symlink" as const,
            name: `etc/systemd/system/multi-user.target.wants/${unit}`,
            linkname: unitPath(unit, files),
            size: 0,
            mode: 0o777,
            mtime,
        },
    }));
    return Buffer.from(await packTar([...regular, ...links]));
}

/** Absolute path of a unit on the machine: one of `files`, or a package's. */
function unitPath(unit: string, files: ConfigFile[]): string {
    const own = `/etc/systemd/system/${unit}`;
    return files.some(({ path }) => path === own) ? own : `/usr/lib/systemd/system/${unit}`;
}
