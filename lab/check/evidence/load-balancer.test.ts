import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { framedScript, parseFrames, type Section } from "../../lib/framed-script";
import { run } from "../../lib/run";
import { healthCheck, loadBalancerSections } from "./load-balancer";

let root: string;
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "lb-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (path: string, text = "") => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
};

/** Runs a section with every absolute path of its commands below the directory. */
const sectionOf = async (name: string) => {
    const [section] = loadBalancerSections.filter((one) => one.name === name);
    const moved: Section = {
        ...(section as Section),
        commands: section?.commands.replace(/(?<=[\s<(;]|<")\/(?=\w)/g, `${root}/`) ?? "",
    };
    const script = framedScript([moved]);
    const { stdout } = await run("bash", ["-c", script.command]);
    return parseFrames(stdout, script).sections[name]?.text.replaceAll(root, "");
};

it.each([
    "/etc/systemd/system/keepalived.service",
    "/etc/systemd/system/keepalived.service.d/x.conf",
    "/usr/lib/systemd/system/keepalived.service.d/x.conf",
    "/run/systemd/generator.late/keepalived.service",
])("finds that %s overrides keepalived's unit", async (path) => {
    write("/usr/lib/systemd/system/keepalived.service");
    expect(await sectionOf("keepalived-overrides")).toBe("");
    write(path);
    expect(await sectionOf("keepalived-overrides")).toBe(`${path}\n`);
});

it("finds no process of keepalived after it was stopped", async () => {
    expect(await sectionOf("keepalived-processes")).toBe("");
});

it("separates keepalived's processes from those that systemd is starting, and ignores one that ended", async () => {
    for (const program of ["/usr/sbin/keepalived", "/usr/lib/systemd/systemd-executor", "/usr/bin/other"]) {
        write(program);
    }
    write("/sys/fs/cgroup/system.slice/keepalived.service/cgroup.procs", "10\n11\n12\n13\n");
    const programs = { 1: "/usr/sbin/init", 10: "/usr/sbin/keepalived", 11: "/usr/lib/systemd/systemd-executor" };
    for (const [process, program] of Object.entries({ ...programs, 12: "/usr/bin/other", 13: "/usr/bin/missing" })) {
        write(`/proc/${process}/cmdline`, `${program}\0--dont-fork\0`);
        write(`/proc/${process}/ns/net`);
        symlinkSync(join(root, program), join(root, `/proc/${process}/exe`));
    }
    rmSync(join(root, "/proc/10/ns/net"));
    symlinkSync(join(root, "/proc/1/ns/net"), join(root, "/proc/10/ns/net"));
    expect(await sectionOf("keepalived-processes")).toBe(
        "10 installed own /usr/sbin/keepalived --dont-fork\n" +
            "11 starting another /usr/lib/systemd/systemd-executor --dont-fork\n" +
            "12 another another /usr/bin/other --dont-fork\n",
    );
});

it("lists the files that mention settings, but not the history of commands", async () => {
    const setting = "sysctl -w net.ipv4.vs.conntrack=1\nmodprobe ip_vs\niptables -j MASQUERADE\nnothing\n";
    write("/root/.bash_history", setting);
    write("/home/user/nat.sh", setting);
    expect(await sectionOf("mentions")).toBe(
        "/home/user/nat.sh:sysctl -w net.ipv4.vs.conntrack=1\n" +
            "/home/user/nat.sh:modprobe ip_vs\n" +
            "/home/user/nat.sh:iptables -j MASQUERADE\n",
    );
});

it("lists the real servers to which it connects", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const script = framedScript([healthCheck([`127.0.0.1:${port}`, "127.0.0.1:1"])]);
    const { stdout } = await run("bash", ["-c", script.command]);
    server.close();
    expect(parseFrames(stdout, script).sections["health-check"]?.text).toBe(`127.0.0.1:${port}\n`);
});
