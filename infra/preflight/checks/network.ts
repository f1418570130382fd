import { type Check, type CheckResult, fail, ok, pending, warn } from "../check.ts";
import { lastLine } from "../inspection.ts";
import { labExists, providerConnection } from "../libvirt.ts";

/** An entry of `ip -json route get fibmatch` (ip-route(8)). */
interface Route {
    /** CIDR, an address, or `default`. */
    dst: string;
    dev?: string;
    gateway?: string;
    /** Missing for the table main. */
    table?: string;
}

/** An entry of `ip -json rule` (ip-rule(8)). */
interface Rule {
    priority: number;
    table?: string;
    /** Routes with a prefix of this length or shorter are passed over. */
    suppress_prefixlen?: string | number;
}

const chooseAnother = "pulumi config set network 192.168.77.0/24";

/** The addresses of a lab must lead to its bridge: no other route, wider or narrower, in any table. */
export const routes: Check = {
    name: "routes",
    stage: "lab",
    applies: ({ hypervisor }) => hypervisor === "system",
    async run(inspection) {
        const { network } = inspection.context;
        if (await labExists(inspection)) {
            return ok(`the lab has ${network}`);
        }
        const prefix = network.split(".").slice(0, 3).join(".");
        const addresses = Array.from({ length: 254 }, (_, index) => `${prefix}.${index + 1}`);
        const lookups = await inspection.run("ip", ["-json", "-force", "-batch", "-"], {
            input: addresses.map((address) => `route get fibmatch ${address}\n`).join(""),
        });
        if (lookups.exitCode === undefined) {
            return pending(lastLine(lookups.stderr));
        }
        const rules = parseJson<Rule[]>((await inspection.run("ip", ["-json", "rule"])).stdout) ?? [];
        const found = new Map<string, Route>();
        for (const route of lookups.stdout.split("\n").flatMap((line) => parseJson<Route[]>(line) ?? [])) {
            found.set(JSON.stringify([route.dst, route.table]), route);
        }
        const results = [...found.values()].map((route) => evaluate(route, network, rules));
        const blocked = /RTNETLINK answers: (?!Network is unreachable)(.*)/.exec(lookups.stderr);
        if (blocked !== null) {
            results.push(
                warn(
                    `a route of this machine blocks addresses in ${network} (${blocked[1]})`,
                    `ip route show table all`,
                ),
            );
        }
        return (
            results.find(({ state }) => state === "fail") ??
            results.find(({ state }) => state === "warn") ??
            ok(`no route of this machine leads into ${network}`)
        );
    },
};

/** Whether a route that matches addresses of the lab stays in the way of the lab's own route in the table main. */
function evaluate({ dst, dev = "?", gateway, table }: Route, network: string, rules: readonly Rule[]): CheckResult {
    const way = gateway === undefined ? dev : `${gateway} on ${dev}`;
    const length = dst === "default" ? 0 : Number(dst.split("/")[1] ?? 32);
    const find = (test: (rule: Rule) => boolean) => rules.find(test)?.priority ?? Number.POSITIVE_INFINITY;
    const main = find((rule) => rule.table === "main" && Number(rule.suppress_prefixlen ?? -1) < 24);
    if (table !== undefined && table !== "main" && find((rule) => rule.table === table) < main) {
        return fail(
            `a policy rule sends packets for ${network} to the table ${table}, where ${dst} is on ${way} (a VPN?): the lab's ` +
                "own route is never used",
            chooseAnother,
        );
    }
    // VPNs split the default route: 0.0.0.0/1 and 128.0.0.0/1.
    if (length <= 1) {
        return ok("");
    }
    if (length >= 24) {
        return fail(`network ${network} overlaps ${dst} on ${way} (another lab?)`, chooseAnother);
    }
    return gateway === undefined
        ? fail(`network ${network} is part of ${dst}, the network of ${dev}`, chooseAnother)
        : warn(
              `addresses of ${network}, part of ${dst} behind ${way}, are not reachable while the lab exists`,
              chooseAnother,
          );
}

const bridgedFrames = "-m physdev --physdev-is-bridged -j ACCEPT";

/** Docker drops forwarded packets; with bridge-nf-call-iptables these are also frames between two machines of the lab. */
export const forwarding: Check = {
    name: "forwarding",
    stage: "lab",
    applies: ({ hypervisor }) => hypervisor === "system",
    async run(inspection) {
        const { host } = inspection;
        if (host.readText("/proc/sys/net/bridge/bridge-nf-call-iptables")?.trim() !== "1") {
            return ok("bridged frames do not pass the packet filter");
        }
        const command = ["iptables", "--list-rules", "FORWARD"];
        const [program = "", ...args] = host.user.uid === 0 ? command : ["sudo", "--non-interactive", ...command];
        const { exitCode, stdout } = await inspection.run(program, args);
        const remedy = inspection.asRoot(`iptables --insert FORWARD ${bridgedFrames}`);
        if (exitCode !== 0) {
            return host.stat("/sys/class/net/docker0") === undefined
                ? ok("bridged frames pass the packet filter, which only root can read")
                : warn("bridged frames pass the packet filter, and Docker drops those of other bridges", remedy);
        }
        if (!/^-P FORWARD DROP$/m.test(stdout)) {
            return ok("the packet filter accepts forwarded packets");
        }
        return stdout.includes(bridgedFrames)
            ? ok("the packet filter accepts bridged frames")
            : fail(
                  "bridge-nf-call-iptables is 1 and the policy of FORWARD is DROP: machines of the lab cannot reach each other",
                  remedy,
              );
    },
};

/** Networks of a remote libvirtd; its routes are not visible. */
export const remoteNetworks: Check = {
    name: "networks",
    stage: "lab",
    applies: ({ hypervisor }) => hypervisor === "remote",
    async run(inspection) {
        const { libvirt } = await providerConnection(inspection);
        if (libvirt === undefined) {
            return pending("libvirt does not respond");
        }
        const { network } = inspection.context;
        if (await labExists(inspection)) {
            return ok(`the lab has ${network}`);
        }
        const overlapping = await Promise.all(
            libvirt.names.networks.map(async (name) => {
                const xml = await libvirt.virsh("net-dumpxml", name);
                return subnets(xml).some((subnet) => overlaps(subnet, network)) ? [name] : [];
            }),
        );
        const [name] = overlapping.flat();
        return name === undefined
            ? ok(`no network of the remote libvirt overlaps ${network}`)
            : fail(`network ${network} overlaps the remote libvirt's network ${name} (another lab?)`, chooseAnother);
    },
};

/** An IPv4 address as a number, and the length of the prefix. */
type Subnet = [address: number, length: number];

function numberOf(address: string): number {
    return address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

/** The IPv4 subnets in a libvirt network's XML: <ip address='...' netmask='...'> or prefix='...'. */
function subnets(xml: string): Subnet[] {
    return [...xml.matchAll(/<(?:ip|route)\b([^>]*)>/g)].flatMap(([, attributes = ""]): Subnet[] => {
        const attribute = (name: string) => new RegExp(`\\b${name}=['"]([\\d.]+)['"]`).exec(attributes)?.[1];
        const address = attribute("address");
        const mask = attribute("netmask");
        const prefix = mask === undefined ? attribute("prefix") : 32 - Math.log2(2 ** 32 - numberOf(mask));
        return address === undefined ? [] : [[numberOf(address), Number(prefix ?? 32)]];
    });
}

function overlaps([address, length]: Subnet, network: string): boolean {
    const [base = "", prefix] = network.split("/");
    const size = 2 ** (32 - Math.min(length, Number(prefix)));
    return Math.floor(address / size) === Math.floor(numberOf(base) / size);
}

function parseJson<T>(text: string): T | undefined {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
