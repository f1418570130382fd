import { createHash } from "node:crypto";
import { type AddressPlan, workerNames } from "../../infra/config/address-plan";
import { readConfigFile } from "../../infra/config/config-files";
import type { Output } from "../lib/ssh";
import { listVirtualServers } from "../lib/virtual-servers";
import type { Check } from "./check";
import { broken, type Judgement, pass } from "./judge";

const configuration = "/etc/keepalived/keepalived.conf";

/** keepalived, its configuration and what it told IPVS are as they were deployed. */
export const keepalived: Check = {
    name: "keepalived",
    judge: async ({ run, plan }) => {
        const files = await run(
            "lb",
            `sha256sum <${configuration}; systemctl is-active keepalived; ` +
                "dpkg --verify keepalived | grep --invert-match ' /usr/share/'; " +
                "ls -1d /etc/systemd/system/keepalived.service* /run/systemd/system/keepalived.service* 2>/dev/null; true",
        );
        const services = await run("lb", listVirtualServers);
        const digest = createHash("sha256")
            .update(readConfigFile(`lb-config/base${configuration}`, plan))
            .digest("hex");
        const judgement = judgeKeepalived(files, digest);
        return judgement.verdict === "pass" ? judgeServices(services, plan) : judgement;
    },
};

/** The configuration's digest, the unit's state, and a line for everything that overrides either. */
export function judgeKeepalived({ stdout }: Pick<Output, "stdout">, digest: string): Judgement {
    const [sum = "", state, ...overrides] = stdout.trim().split("\n");
    if (sum.split(" ")[0] !== digest) {
        return broken("keepalived.conf was changed");
    }
    if (state !== "active") {
        return broken(`keepalived is ${state}`);
    }
    return overrides.length > 0
        ? broken(`keepalived was changed: ${overrides.map((line) => line.trim()).join(", ")}`)
        : pass("as it was deployed");
}

/**
 * IPVS' table (ipvsadm(8), --save): the VIP's two services, each over workers in NAT mode. A real server that fails
 * its health check is missing from it, and that is no change.
 */
export function judgeServices({ stdout }: Pick<Output, "stdout">, plan: AddressPlan): Judgement {
    const allowed = [80, 443].flatMap((port) => [
        new RegExp(`^-A -t ${plan.vip}:${port} -s rr$`),
        ...workerNames.map(
            (name) => new RegExp(`^-a -t ${plan.vip}:${port} -r ${plan.machines[name]}:${port} -m -w 1$`),
        ),
    ]);
    const strange = stdout
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "" && !allowed.some((pattern) => pattern.test(line)));
    return strange.length > 0
        ? broken(`IPVS has what keepalived did not set: ${strange.join("; ")}`)
        : pass("as it was deployed");
}
