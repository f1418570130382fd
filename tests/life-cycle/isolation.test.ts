import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, expect, it } from "vitest";
import { inCell } from "../../lab/cell/namespaces";
import { succeed, systemEnvironment } from "../../lab/cell/run";
import { run } from "../../lab/lib/run";
import { describeLabs } from "../memory";
import { TestLab } from "./test-lab";

/** Port of a service that the test starts on all addresses of this machine. */
const port = 12_299;

/** Names by which a lab's objects are recognized on a machine with other programs. */
const signs = /virbr|vnet|192\.168\.20\.|libvirt|qemu|dnsmasq|certificate-lab/;

/** Lines of this machine's lists that a lab may add. An ordinary user cannot read all of them. */
async function visible(): Promise<string[]> {
    const env = systemEnvironment();
    // Starts a system's libvirtd that waits for its first connection, which creates files and a bridge.
    const system = await run("virsh", ["--connect", "qemu:///system", "list", "--all"]);
    const texts = await Promise.all([
        system.stdout + system.stderr,
        succeed(["ip", "-brief", "link"]),
        succeed(["ip", "-brief", "address"]),
        succeed(["ip", "route", "show", "table", "all"]),
        succeed(["ss", "-Hlntup"]),
        run("iptables-save", [], { env }).then(({ stdout }) => stdout.replace(/\[\d+:\d+\]/g, "")),
        run("find", ["/etc/libvirt", "-printf", "%p %T@\\n"]).then(({ stdout }) => stdout),
        run("find", ["/var/lib/libvirt", "/run", "-xdev", "-print"]).then(({ stdout }) => stdout),
    ]);
    return texts.flatMap((text) => text.split("\n")).filter((line) => signs.test(line));
}

describeLabs(1, "a lab's cell", () => {
    const lab = new TestLab("life-isolation");
    let before: string[];
    let service: Server;
    let connections = 0;

    beforeAll(async () => {
        await lab.remove();
        service = createServer((socket) => {
            connections += 1;
            socket.end("reached\n");
        }).listen(port);
        await once(service, "listening");
        before = await visible();
        await lab.labOutput("up");
    });

    afterAll(async () => {
        service.close();
        await lab.remove();
    });

    it("is not visible outside", async () => {
        expect(await visible()).toEqual(before);
    });

    it("has no interface and no route but the lab's", async () => {
        const inside = (...command: string[]) => succeed(inCell(lab.cell, command));
        const links = (await inside("ip", "-o", "link")).match(/^\d+: [^:@]+/gm)?.map((link) => link.split(": ")[1]);
        expect(links?.filter((name) => !/^(lo|virbr\d+|virbr\d+-nic|vnet\d+)$/.test(name ?? ""))).toEqual([]);
        const routes = (await inside("ip", "route")).trim().split("\n");
        expect(routes.filter((route) => !route.startsWith("192.168.20."))).toEqual([]);
        const unreachable = await run("nsenter", inCell(lab.cell, ["ip", "route", "get", "192.0.2.1"]).slice(1));
        expect(unreachable.stderr).toContain("Network is unreachable");
        // libvirt's name server for the front network; it has no server to forward queries to.
        const listening = (await inside("ss", "-Hlntu")).split("\n").filter((line) => line !== "");
        expect(listening.filter((line) => !line.includes(" 192.168.20.126:53 "))).toEqual([]);
    });

    it("lets root on host reach no service of this machine", async () => {
        const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ address }) => address));
        const addresses = [
            "192.168.20.126",
            ...own.filter((address) => address !== undefined && !address.includes(":")),
        ];
        // 127.0.0.1 is host itself. A route to the bridge makes the bridge's namespace the next hop.
        const commands = addresses
            .filter((address) => address !== "127.0.0.1")
            .flatMap((address) => [
                `ip route replace ${address}/32 via 192.168.20.126 2>/dev/null`,
                `timeout 5 bash -c 'cat </dev/tcp/${address}/${port}' 2>&1`,
                `timeout 5 bash -c 'cat </dev/tcp/${address}/22' 2>&1`,
            ]);
        const printed = await lab.on("host", `${commands.join("; ")}; true`);
        expect(printed).not.toContain("reached");
        expect(printed).not.toContain("SSH-");
        expect(connections).toBe(0);
        // The service responds to this machine.
        expect((await run("bash", ["-c", `cat </dev/tcp/127.0.0.1/${port}`])).stdout).toBe("reached");
    });
});

describeLabs(2, "two labs with the same addresses", () => {
    let labs: TestLab[];

    beforeAll(async () => {
        labs = [await TestLab.start("life-isolation-1"), await TestLab.start("life-isolation-2")];
    });

    afterAll(() => Promise.all((labs ?? []).map((lab) => lab.remove())));

    it("do not reach each other's machines", async () => {
        const connect = `timeout 20 bash -c 'cat </dev/tcp/192.168.20.1/${port}' 2>&1; true`;
        const [one, other] = labs as [TestLab, TestLab];
        await one.on("lb", `systemd-run --quiet socat TCP-LISTEN:${port},fork,reuseaddr SYSTEM:'echo reached'`);
        expect(await one.on("host", connect)).toBe("reached");
        expect(await other.on("host", connect)).toContain("refused");
    });
});
