import { isNode, type MachineName, machineNames } from "../config/address-plan";

/** Commands of a machine's first boot. A reload of systemd costs an emulated machine seconds: as few as possible. */
export const firstBootCommands = Object.fromEntries(machineNames.map((name) => [name, commandsOf(name)])) as Record<
    MachineName,
    string[][]
>;

function commandsOf(name: MachineName): string[][] {
    if (name === "lb") {
        return [
            ["systemctl", "restart", "systemd-modules-load", "systemd-sysctl"],
            ["systemctl", "enable", "--now", "--no-reload", "netfilter-persistent", "keepalived"],
        ];
    }
    if (name === "acme-server") {
        return [
            ["systemd-sysusers", "step-ca.conf"],
            ["systemctl", "enable", "--now", "--no-reload", "named", "step-ca"],
        ];
    }
    return isNode(name)
        ? [
              ["systemctl", "restart", "systemd-modules-load", "systemd-sysctl"],
              // Together, because systemd reads all its units again at each enabling.
              ["systemctl", "enable", "containerd", "kubelet"],
              ["systemctl", "start", "containerd"],
          ]
        : [];
}
