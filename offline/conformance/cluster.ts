import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa, { type ExecaChildProcess } from "execa";
import { until } from "./until";

/** Has all rights in the cluster, whose API server knows it as admin. */
const token = "conformance";
const server = "https://127.0.0.1:6443";
const etcd = "http://127.0.0.1:2379";
const programs = join(process.env.LAB_CACHE ?? "", "programs");

/**
 * Kubernetes' API server on the loopback address, with the controllers that deleting takes and those of Deployments.
 * There are no nodes, so no pod ever runs.
 */
export class Cluster {
    private readonly processes: ExecaChildProcess[] = [];
    private readonly folder = mkdtempSync(join(tmpdir(), "conformance-cluster-"));
    private readonly path = (name: string) => join(this.folder, name);

    /** Starts everything, and returns once the API server is ready. */
    static async start(): Promise<Cluster> {
        const cluster = new Cluster();
        try {
            await cluster.startPrograms();
        } catch (error) {
            await cluster.stop();
            throw error;
        }
        return cluster;
    }

    private async startPrograms(): Promise<void> {
        // One program under two names.
        for (const name of ["kube-apiserver", "kube-controller-manager"]) {
            symlinkSync(join(programs, "kubernetes"), this.path(name));
        }
        const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
        writeFileSync(this.path("service-account.pem"), privateKey.export({ type: "pkcs1", format: "pem" }));
        writeFileSync(this.path("tokens.csv"), `${token},admin,admin,system:masters\n`);
        mkdirSync(this.path("certificates"));

        this.run(join(programs, "etcd"), {
            "data-dir": this.path("etcd"),
            "listen-client-urls": etcd,
            "advertise-client-urls": etcd,
            "listen-peer-urls": "http://127.0.0.1:2380",
            "unsafe-no-fsync": "true",
        });
        this.run(this.path("kube-apiserver"), {
            "advertise-address": "127.0.0.1",
            "authorization-mode": "AlwaysAllow",
            "bind-address": "127.0.0.1",
            "cert-dir": this.path("certificates"),
            "etcd-servers": etcd,
            "service-account-issuer": server,
            "service-account-key-file": this.path("service-account.pem"),
            "service-account-signing-key-file": this.path("service-account.pem"),
            "service-cluster-ip-range": "10.96.0.0/24",
            "token-auth-file": this.path("tokens.csv"),
        });
        await until("the API server's certificate", async () => this.certificate() !== "");
        writeFileSync(this.path("kubeconfig"), this.kubeconfig());
        await until("the API server", async () => (await this.kubectl("get", "--raw", "/readyz")) === "ok");
        this.run(this.path("kube-controller-manager"), {
            controllers:
                "namespace-controller,garbage-collector-controller,deployment-controller,replicaset-controller",
            kubeconfig: this.path("kubeconfig"),
            "leader-elect": "false",
            "secure-port": "0",
        });
    }

    private run(program: string, flags: Record<string, string>): void {
        const log = this.path(`${program.slice(program.lastIndexOf("/") + 1)}.log`);
        const child = execa(
            "sh",
            ["-c", 'log=$1; shift; exec "$@" >"$log" 2>&1', "sh", log, program].concat(
                Object.entries(flags).map(([key, value]) => `--${key}=${value}`),
            ),
        );
        // Ended by stop, it has no news.
        child.catch(() => {});
        this.processes.push(child);
    }

    private certificate(): string {
        return readFileSync(this.path("certificates/apiserver.crt")).toString("base64");
    }

    /** The contents of a kubeconfig with all rights. */
    kubeconfig(): string {
        return JSON.stringify({
            apiVersion: "v1",
            kind: "Config",
            "current-context": "conformance",
            contexts: [{ name: "conformance", context: { cluster: "conformance", user: "admin" } }],
            clusters: [{ name: "conformance", cluster: { server, "certificate-authority-data": this.certificate() } }],
            users: [{ name: "admin", user: { token } }],
        });
    }

    /** Runs kubectl and returns what it prints. */
    async kubectl(...args: string[]): Promise<string> {
        const { stdout } = await execa(join(programs, "kubectl"), ["--kubeconfig", this.path("kubeconfig"), ...args]);
        return stdout;
    }

    /** An object as the API server has it, or undefined when there is none. */
    // biome-ignore lint/suspicious/noExplicitAny: an object has any shape
    async get(kind: string, name: string, namespace = "default"): Promise<any> {
        const text = await this.kubectl("get", kind, name, "-n", namespace, "-o", "json", "--ignore-not-found");
        return text === "" ? undefined : JSON.parse(text);
    }

    /** Ends everything; nothing is left. */
    async stop(): Promise<void> {
        for (const child of this.processes) {
            child.kill("SIGKILL");
        }
        await Promise.allSettled(this.processes);
        rmSync(this.folder, { recursive: true, force: true });
    }
}
