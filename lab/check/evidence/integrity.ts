import type { Section } from "../../lib/framed-script";

/**
 * Programs and libraries by which host and lb are examined, and those whose behaviour the constraints concern, with
 * keepalived's unit. All machines have the same image, so acme-server has the original of each.
 */
export const examinedPrograms = [
    ...["bash", "env", "head", "cat", "mktemp", "sha256sum", "curl", "grep", "getent"].map(
        (name) => `/usr/bin/${name}`,
    ),
    ...["keepalived", "sshd"].map((name) => `/usr/sbin/${name}`),
    "/usr/lib/systemd/system/keepalived.service",
    "/usr/lib/openssh/sshd-session",
    "/usr/lib64/ld-linux-x86-64.so.2",
    ...[
        "libc.so.6",
        "libcurl.so.4",
        "libssl.so.3",
        "libcrypto.so.3",
        "libnss_dns.so.2",
        "libresolv.so.2",
        "libtinfo.so.6",
    ].map((name) => `/usr/lib/x86_64-linux-gnu/${name}`),
];

/** Digests of the programs, as sha256sum(1) prints them; a missing one is named, too. */
export const programDigests: Section = {
    name: "programs",
    commands: `/usr/bin/sha256sum -- ${examinedPrograms.join(" ")}`,
};

/** Mounts as the kernel lists them, proc_pid_mountinfo(5). */
export const mounts: Section = { name: "mounts", commands: "kernelFile /proc/self/mountinfo", builtin: true };

/** The file that has every program load other libraries, ld.so(8). */
export const preload: Section = { name: "preload", commands: "file /etc/ld.so.preload", builtin: true };
