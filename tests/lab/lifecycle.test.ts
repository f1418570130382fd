import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeNames } from "../../infra/address-plan";
import { repositoryRoot } from "../../infra/config-files";
import { runChecks } from "../../lab/check/checks";
import { exitCodeOf } from "../../lab/check/judge";
import { recognizeSolutions } from "../../lab/check/solution";
import { type CommandResult, Machines } from "../../lab/ssh";
import { type LabStack, readStack } from "../../lab/stack";
import { passwordLogin, pulumi, testStack, until } from "./machines";

const asUser = (command: string) => `su --login user --command '${command}'`;

/** What libvirt and the hypervisor's disk still hold of the test lab. */
async function leftovers(): Promise<string[]> {
    const lists = await Promise.all(
        [
            ["list", "--all", "--name"],
            ["net-list", "--all", "--name"],
            ["pool-list", "--all", "--name"],
        ].map((args) => execa("virsh", ["--connect", "qemu:///system", ...args])),
    );
    const directory = `/var/lib/libvirt/images/certificate-lab-${testStack}`;
    return lists
        .flatMap(({ stdout }) => stdout.split("\n").map((name) => name.trim()))
        .filter((name) => name.startsWith(`certificate-lab-${testStack}`))
        .concat(existsSync(directory) ? [directory] : []);
}

describe("the lab's life", () => {
    let stack: LabStack;
    let machines: Machines;

    const reconnect = async () => {
        await machines?.close();
        stack = await readStack(testStack);
        machines = await Machines.connect(stack);
    };
    const onHost = (command: string): Promise<CommandResult> => machines.run("host", asUser(command));
    const certificate = () => onHost("kubectl get cert");
    const verdict = async () => exitCodeOf(await runChecks(machines, stack));

    beforeAll(async () => {
        await pulumi("destroy", "--yes", "--skip-preview");
    });

    afterAll(async () => {
        await machines?.close();
        await pulumi("destroy", "--yes", "--skip-preview");
    });

    it("is built broken by pulumi up", async () => {
        expect((await pulumi("up", "--yes", "--skip-preview")).exitCode).toBe(0);
        await reconnect();
        expect(stack.state).toBe("broken");
    });

    it("has three Ready nodes, and kube-proxy is not in IPVS mode", async () => {
        const nodes = await onHost("kubectl get nodes --no-headers");
        expect(nodes.stdout.match(/^\S+ +Ready /gm)).toHaveLength(3);
        for (const node of nodeNames) {
            const mode = await machines.run(node, "curl --silent http://127.0.0.1:10249/proxyMode");
            expect(mode.stdout).toBe("nftables");
        }
    });

    it("shows the problem statement's symptoms", async () => {
        const curl = await onHost("curl -L www.ictsc.test");
        expect(curl.exitCode).toBe(60);
        expect(curl.stderr).toContain("curl: (60) SSL certificate problem: unable to get local issuer certificate");
        expect((await certificate()).stdout).toMatch(/^www-ictsc-test-tls +False +www-ictsc-test-tls /m);
        let reason = "";
        await until("the challenge's reason", async () => {
            reason = (await onHost("kubectl describe challenges.acme.cert-manager.io")).stdout;
            return reason.includes("failed to perform self check");
        });
        expect(reason).toMatch(
            /Reason: +Waiting for HTTP-01 challenge propagation: failed to perform self check GET request 'http:\/\/www\.ictsc\.test\/\.well-known\/acme-challenge\/[\w-]+': Get "http:\/\/www\.ictsc\.test\/\.well-known\/acme-challenge\/[\w-]+": dial tcp 192\.168\.20\.1:80: connect: connection timed out/,
        );
        expect(reason).toMatch(/State: +pending/);
    });

    it("is broken because the answer does not come back through lb", async () => {
        const [worker] = ["k8s-worker1"] as const;
        // Every SYN that passes lb towards the workers' port 80 from a node, and any SYN-ACK that comes back that way.
        const capture = (flags: string) =>
            machines.run(
                "lb",
                `timeout 45 tcpdump --immediate-mode -lnni eth1 'src or dst net ${stack.network.replace(".0/24", ".128/25")} and tcp port 80 and tcp[tcpflags] & (tcp-syn|tcp-ack) == ${flags} and not host 192.168.20.254' 2>/dev/null; true`,
            );
        const [syn, synAck] = await Promise.all([capture("tcp-syn"), capture("(tcp-syn|tcp-ack)")]);
        expect(syn.stdout).toMatch(/IP 192\.168\.20\.13[01]\.\d+ > 192\.168\.20\.(1|13[01])\.80: Flags \[S\]/);
        expect(synAck.stdout).not.toMatch(/> 192\.168\.20\.13[01]\.\d+: Flags \[S\.\]/);
        const seen = await machines.run(
            worker,
            "timeout 45 tcpdump --immediate-mode -lnni eth0 'tcp src port 80 and tcp[tcpflags] & (tcp-syn|tcp-ack) == (tcp-syn|tcp-ack) and dst net 192.168.20.128/25 and not dst host 192.168.20.254' 2>/dev/null; true",
        );
        expect(seen.stdout).toMatch(/IP 192\.168\.20\.13[01]\.80 > 192\.168\.20\.13[01]\.\d+: Flags \[S\.\]/);
    });

    it("lets the contestant in on lb and host and nowhere else", async () => {
        const logins = await Promise.all(
            Object.entries(stack.machines).map(async ([name, address]) => [name, await passwordLogin(address)]),
        );
        expect(Object.fromEntries(logins)).toEqual({
            lb: true,
            host: true,
            "acme-server": false,
            "k8s-master": false,
            "k8s-worker1": false,
            "k8s-worker2": false,
        });
    });

    it("has the applied manifests on host", async () => {
        const web = await machines.run("host", "cat /home/user/manifests/web.yaml");
        expect(`${web.stdout}\n`).toBe(readFileSync(join(repositoryRoot, "manifests", "web.yaml"), "utf8"));
        expect((await onHost("ls manifests")).stdout.split("\n")).toEqual([
            "cert-manager.yaml",
            "ingress-controller.yaml",
            "root-ca.yaml",
            "web.yaml",
        ]);
    });

    it("is judged not solved", async () => {
        expect(await verdict()).toBe(1);
        expect(await recognizeSolutions(machines, stack)).toEqual([]);
    });

    it("needs no change when nothing was changed", async () => {
        expect((await pulumi("preview", "--expect-no-changes")).exitCode).toBe(0);
        expect((await pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")).exitCode).toBe(0);
    });

    it("is solved by fixed=true", async () => {
        expect((await pulumi("up", "--yes", "--skip-preview", "-c", "fixed=true")).exitCode).toBe(0);
        await reconnect();
        expect((await certificate()).stdout).toMatch(/^www-ictsc-test-tls +True /m);
        expect((await onHost("curl -L www.ictsc.test")).stdout).toContain("<title>Welcome to nginx!</title>");
        expect(await verdict()).toBe(0);
        expect(await recognizeSolutions(machines, stack)).toEqual(["hairpin NAT on lb"]);
        expect((await pulumi("preview", "--expect-no-changes")).exitCode).toBe(0);
    });

    it("is called a broken constraint when keepalived is edited", async () => {
        const file = "/etc/keepalived/keepalived.conf";
        await machines.run("lb", `cp ${file} /root/keepalived.conf && echo '# edited' >>${file}`);
        expect(await verdict()).toBe(2);
        await machines.run("lb", `cp /root/keepalived.conf ${file}`);
        expect(await verdict()).toBe(0);
    });

    it("stays solved over a reboot of lb, also after web.yaml is deployed again", async () => {
        const booted = async () =>
            (await machines.run("lb", "cat /proc/sys/kernel/random/boot_id", { deadline: 40 })).stdout;
        const before = await booted();
        await machines.run("lb", "systemctl reboot");
        await until("lb to come back", async () => {
            const now = await booted();
            return now !== "" && now !== before;
        });
        const rules = await machines.run("lb", "sysctl -n net.ipv4.vs.conntrack; iptables -t nat -S POSTROUTING");
        expect(rules.stdout).toMatch(
            /^1\n(.*\n)*-A POSTROUTING -s 192\.168\.20\.128\/25 -m ipvs --vaddr 192\.168\.20\.1.*-j MASQUERADE/,
        );
        await onHost("kubectl delete --wait -f manifests/web.yaml && kubectl delete secret www-ictsc-test-tls");
        await onHost("kubectl apply -f manifests/web.yaml");
        await until("the certificate", async () => /www-ictsc-test-tls +True/.test((await certificate()).stdout));
        await until("the page", async () =>
            (await onHost("curl -L www.ictsc.test")).stdout.includes("Welcome to nginx!"),
        );
    });

    it("is broken again by fixed=false", async () => {
        expect((await pulumi("up", "--yes", "--skip-preview", "-c", "fixed=false")).exitCode).toBe(0);
        await reconnect();
        expect((await certificate()).stdout).toMatch(/^www-ictsc-test-tls +False /m);
        await until("curl to refuse", async () => (await onHost("curl -L www.ictsc.test")).exitCode === 60);
        expect(await verdict()).toBe(1);
    });

    it("leaves nothing behind, and forgets fixed, when it is destroyed", async () => {
        await pulumi("config", "set", "fixed", "true");
        expect((await pulumi("destroy", "--yes", "--skip-preview")).exitCode).toBe(0);
        expect(await leftovers()).toEqual([]);
        const settings = await pulumi("config", "get", "fixed");
        expect(settings.exitCode).not.toBe(0);
    });
});
