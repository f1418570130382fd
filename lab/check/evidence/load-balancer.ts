import { type AddressPlan, workerNames } from "../../../infra/config/address-plan";
import type { Section } from "../../lib/framed-script";
import { parseVirtualServers } from "../../lib/virtual-servers";
import { mounts, preload, programDigests } from "./integrity";

/** Ports of the VIP and of its real servers. */
export const virtualPorts = [80, 443];

/** IPVS' services in keepalived's configuration, with `address:port` of the service and of its real servers. */
export function virtualServices({ vip, machines }: AddressPlan) {
    return virtualPorts.map((port) => ({
        address: `${vip}:${port}`,
        servers: workerNames.map((name) => `${machines[name]}:${port}`),
    }));
}

/** Real servers of keepalived's configuration that are missing from IPVS' table. @param table /proc/net/ip_vs */
export function absentServers(table: string, plan: AddressPlan): string[] {
    const present = parseVirtualServers(table).flatMap(({ realServers }) => realServers);
    return virtualServices(plan)
        .flatMap(({ servers }) => servers)
        .filter((server) => !present.includes(server));
}

export const keepalivedConfiguration = "/etc/keepalived/keepalived.conf";

/** keepalived's program, configuration and defaults, and every file that overrides its unit, systemd.unit(5). */
const keepalivedFiles: Section[] = [
    { name: "keepalived.conf", commands: `file ${keepalivedConfiguration}`, builtin: true, limit: 32 * 1024 },
    {
        name: "keepalived-unit",
        commands: "file /usr/lib/systemd/system/keepalived.service || exit; file /etc/default/keepalived",
        builtin: true,
    },
    {
        name: "keepalived-overrides",
        commands: [
            "shopt -s nullglob",
            "overrides=(/usr/lib/systemd/system/keepalived.service.d/*.conf)",
            "for directory in /etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system " +
                "/etc/systemd/system.control /run/systemd/system.control /run/systemd/transient " +
                "/run/systemd/generator /run/systemd/generator.early /run/systemd/generator.late; do",
            '    overrides+=("$directory"/keepalived.service "$directory"/keepalived.service.d/*.conf)',
            "done",
            'for override in "${overrides[@]}"; do',
            '    [[ ! -e $override && ! -L $override ]] || echo "$override"',
            "done",
        ].join("\n"),
        builtin: true,
    },
    {
        // systemd starts the unit at boot by this link.
        name: "keepalived-enabled",
        commands: "[[ -L /etc/systemd/system/multi-user.target.wants/keepalived.service ]]",
        builtin: true,
    },
    {
        // For each process of the unit: its number, whether it runs the installed program in lb's network, its arguments.
        // Until systemd executes the program, the process is systemd's.
        name: "keepalived-processes",
        commands: [
            "# A unit without processes has no cgroup.",
            "[[ -e /sys/fs/cgroup/system.slice/keepalived.service ]] || exit 0",
            "mapfile -t processes </sys/fs/cgroup/system.slice/keepalived.service/cgroup.procs || exit",
            'for process in "${processes[@]}"; do',
            "    program=another network=another arguments=()",
            "    [[ /proc/$process/exe -ef /usr/sbin/keepalived ]] && program=installed",
            "    for starter in /usr/lib/systemd/systemd-executor /usr/lib/systemd/systemd; do",
            "        [[ /proc/$process/exe -ef $starter ]] && program=starting",
            "    done",
            "    [[ /proc/$process/ns/net -ef /proc/1/ns/net ]] && network=own",
            `    mapfile -d '' -t arguments <"/proc/$process/cmdline"`,
            "    # It ended meanwhile.",
            "    [[ -e /proc/$process/exe ]] || continue",
            '    printf "%s %s %s %s\\n" "$process" "$program" "$network" "${arguments[*]}"',
            "done",
        ].join("\n"),
        builtin: true,
    },
];

/** The kernel's settings, read without programs of the machine. */
const kernel: Section[] = [
    { name: "boot", commands: "kernelFile /proc/sys/kernel/random/boot_id", builtin: true },
    { name: "vs-conntrack", commands: "kernelFile /proc/sys/net/ipv4/vs/conntrack", builtin: true },
    { name: "forwarding", commands: "kernelFile /proc/sys/net/ipv4/ip_forward", builtin: true },
    {
        name: "network-namespace",
        commands: "[[ /proc/self/ns/net -ef /proc/1/ns/net ]]",
        builtin: true,
    },
];

/** Files of systemd and others that can set things up at boot. */
const bootFiles = [
    "/etc",
    "/root",
    "/home",
    "/usr/local",
    "/usr/lib/sysctl.d",
    "/usr/lib/modules-load.d",
    "/usr/lib/modprobe.d",
    "/usr/lib/udev/rules.d",
    "/usr/lib/systemd/system",
    "/var/spool/cron",
    "/opt",
].join(" ");

/** Not the history of commands, which mentions settings that were made by hand. */
const grepFiles =
    "/usr/bin/grep --recursive --binary-files=without-match --devices=skip --no-messages --with-filename --max-count=20 " +
    "--exclude='.*history' --exclude=.viminfo --extended-regexp";

/** The changes on lb, and the part that the next boot restores. Only the solution's name and hints depend on it. */
const solution: Section[] = [
    { name: "iptables-nft", commands: "/usr/sbin/iptables-nft-save --table nat" },
    // The program would load its kernel module.
    {
        name: "iptables-legacy",
        commands: "[[ ! -e /proc/net/ip_tables_names ]] || /usr/sbin/iptables-legacy-save --table nat",
    },
    { name: "nftables", commands: "/usr/sbin/nft --json list ruleset", limit: 256 * 1024 },
    { name: "listeners", commands: "/usr/bin/ss --no-header --listening --tcp --numeric --processes" },
    { name: "addresses", commands: "/usr/bin/ip -oneline -4 address show" },
    { name: "saved-rules", commands: "file /etc/iptables/rules.v4", builtin: true },
    { name: "nftables.conf", commands: "file /etc/nftables.conf", builtin: true },
    {
        name: "enabled-units",
        commands: ["shopt -s nullglob", 'for link in /etc/systemd/system/*.wants/*; do echo "${link##*/}"; done'].join(
            "\n",
        ),
        builtin: true,
    },
    {
        // One search, because reading the files takes an emulated machine a second.
        name: "mentions",
        commands: `${grepFiles} 'vs[./]conntrack|\\bip_vs|\\b(MASQUERADE|SNAT|DNAT|REDIRECT|TPROXY|masquerade|snat|dnat|redirect to)\\b' ${bootFiles}`,
        limit: 64 * 1024,
    },
];

/**
 * The examination of lb without {@link connectionSections}. The constraints depend on files and kernel tables only, which
 * bash reads without other programs.
 */
export const loadBalancerSections: Section[] = [
    ...kernel,
    ...keepalivedFiles,
    mounts,
    preload,
    programDigests,
    ...solution,
];

/** IPVS' tables, and connections that netfilter tracks. @param ports their local ports at the client */
export function connectionSections(ports: number[]): Section[] {
    return [
        { name: "ip_vs", commands: "kernelFile /proc/net/ip_vs", builtin: true },
        { name: "ip_vs_conn", commands: "kernelFile /proc/net/ip_vs_conn", builtin: true, limit: 256 * 1024 },
        {
            name: "connections",
            commands: `/usr/sbin/conntrack -L --proto tcp 2>/dev/null | /usr/bin/grep --extended-regexp 'sport=(${ports.join("|") || 0}) '`,
        },
    ];
}

/** Real servers to which lb connects, as keepalived's health check does, `address:port` in each line. */
export function healthCheck(servers: string[]): Section {
    return {
        name: "health-check",
        commands: [
            ...servers.map((server) => {
                const [address, port] = server.split(":");
                const connect = `exec 3<>/dev/tcp/${address}/${port}`;
                return `/usr/bin/timeout 5 /usr/bin/bash --noprofile --norc -c '${connect}' 2>/dev/null && echo ${server} &`;
            }),
            "wait",
        ].join("\n"),
    };
}
