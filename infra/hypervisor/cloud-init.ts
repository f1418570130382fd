import { stringify } from "yaml";
import type { ConfigFile } from "../config/config-files";
import type { Login } from "../config/contestant";

/** A network interface that cloud-init configures. */
export interface Interface {
    /** Name inside the machine. */
    name: string;
    /** As libvirt gives it to the machine. */
    hardwareAddress: string;
    /** With prefix length, as in 192.168.20.1/25. */
    addressCidr: string;
    routes: { to: string; via: string }[];
}

export interface UserDataArgs {
    hostname: string;
    /** The only key that opens root's account, one authorized_keys line. */
    authorizedKey: string;
    /** The machine's SSH host key, so that it can be pinned before the machine exists. */
    hostKey: { privateKey: string; publicKey: string };
    login?: Login;
    files: ConfigFile[];
    /** Commands run once at the first boot, each an argument vector. */
    commands: string[][];
}

/** cloud-init's user-data, https://docs.cloud-init.io/en/latest/reference/modules.html */
export function userData(args: UserDataArgs): string {
    const config = {
        hostname: args.hostname,
        preserve_hostname: false,
        disable_root: false,
        ssh_pwauth: args.login !== undefined,
        ssh_deletekeys: true,
        ssh_keys: { ed25519_private: args.hostKey.privateKey, ed25519_public: args.hostKey.publicKey },
        users: [
            { name: "root", ssh_authorized_keys: [args.authorizedKey] },
            ...(args.login
                ? [
                      {
                          name: args.login.name,
                          shell: "/bin/bash",
                          sudo: "ALL=(ALL) NOPASSWD:ALL",
                          lock_passwd: false,
                          plain_text_passwd: args.login.password,
                      },
                  ]
                : []),
        ],
        write_files: args.files,
        ...(args.commands.length > 0 ? { runcmd: args.commands } : {}),
    };
    return `#cloud-config\n${stringify(config, { lineWidth: 0 })}`;
}

/** NoCloud's meta-data; cloud-init runs anew when the instance is another. */
export function metaData(instance: string, hostname: string): string {
    return stringify({ "instance-id": instance, "local-hostname": hostname });
}

/** NoCloud's network-config, version 2; the addresses are static, there is no DHCP in the lab. */
export function networkConfig(interfaces: Interface[]): string {
    const ethernets = interfaces.map((nic) => [
        nic.name,
        {
            match: { macaddress: nic.hardwareAddress.toLowerCase() },
            "set-name": nic.name,
            addresses: [nic.addressCidr],
            routes: nic.routes,
            "link-local": [],
        },
    ]);
    return stringify({ version: 2, ethernets: Object.fromEntries(ethernets) });
}
