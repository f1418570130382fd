import type { ConfigFile } from "../config/config-files";
import type { Interface } from "./interfaces";

export interface IdentityArgs {
    hostname: string;
    /** The only key that opens root's account, one authorized_keys line. */
    authorizedKey: string;
    /** The machine's SSH host key. It is created before the machine, so that clients can pin it. */
    hostKey: { privateKey: string; publicKey: string };
    interfaces: Interface[];
}

/** The files that distinguish a machine from the golden image: host name, SSH keys and network configuration. */
export function identityFiles({ hostname, authorizedKey, hostKey, interfaces }: IdentityArgs): ConfigFile[] {
    const file = (path: string, content: string, permissions = "0644") => ({ path, content, permissions });
    return [
        file("/etc/hostname", `${hostname}\n`),
        file("/etc/ssh/ssh_host_ed25519_key", hostKey.privateKey, "0600"),
        file("/etc/ssh/ssh_host_ed25519_key.pub", `${hostKey.publicKey}\n`),
        file("/root/.ssh/authorized_keys", `${authorizedKey}\n`, "0600"),
        ...interfaces.map((nic) => file(`/etc/systemd/network/${nic.name}.network`, networkFile(nic))),
    ];
}

/** One interface as systemd.network(5). All addresses are static; the lab has no DHCP and no IPv6. */
function networkFile({ hardwareAddress, addressCidr, routes }: Interface): string {
    const sections = [
        ["Match", `MACAddress=${hardwareAddress.toLowerCase()}`],
        ["Network", `Address=${addressCidr}`, "LinkLocalAddressing=no", "IPv6AcceptRA=no"],
        ...routes.map(({ to, via }) => ["Route", `Destination=${to}`, `Gateway=${via}`]),
    ];
    return sections.map(([name, ...lines]) => `[${name}]\n${lines.join("\n")}\n`).join("\n");
}
