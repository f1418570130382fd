import { UnreachableError } from "../lib/unreachable-error";
import type { Virsh } from "../lib/virsh";

interface Objects {
    domains: string[];
    networks: string[];
    /** Pools with their volumes. */
    pools: Record<string, string[]>;
}

/** libvirt for tests, with the commands that a recovery uses. */
export class FakeLibvirt {
    readonly objects: Objects;
    /** Commands that fail. */
    failing: string[] = [];
    /** Commands so far. */
    readonly commands: string[] = [];

    constructor(objects: Partial<Objects>) {
        this.objects = structuredClone({ domains: [], networks: [], pools: {}, ...objects });
    }

    readonly virsh: Virsh = async (args) => {
        const [command = "", ...rest] = args;
        const last = rest.at(-1) ?? "";
        this.commands.push(args.join(" "));
        if (this.failing.includes(command)) {
            throw new UnreachableError(`virsh ${args.join(" ")} failed`);
        }
        const { domains, networks, pools } = this.objects;
        const actions: Record<string, () => string[]> = {
            list: () => domains,
            "net-list": () => networks,
            "pool-list": () => Object.keys(pools),
            "vol-list": () => (pools[last] ?? []).map((volume) => `${volume}   /pools/${last}/${volume}`),
            undefine: () => removeFrom(domains, last),
            "net-undefine": () => removeFrom(networks, last),
            "vol-delete": () => removeFrom(pools[rest[1] ?? ""] ?? [], last),
            "pool-undefine": () => {
                delete pools[last];
                return [];
            },
        };
        // Lines have padding, as virsh prints them.
        return (actions[command]?.() ?? []).map((line) => ` ${line} \n`).join("");
    };
}

function removeFrom(names: string[], name: string): string[] {
    names.splice(names.indexOf(name), 1);
    return [];
}
