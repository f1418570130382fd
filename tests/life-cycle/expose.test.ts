import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { passwordLogin } from "../lab/machines";
import { describeLabs } from "../memory";
import { TestLab } from "./test-lab";

const ports = { host: 12_220, lb: 12_201 };
const options = ["--host", String(ports.host), "--lb", String(ports.lb)];

describeLabs(1, "lab expose", () => {
    let lab: TestLab;
    const logins = () => Promise.all(Object.values(ports).map((port) => passwordLogin("127.0.0.1", port)));

    beforeAll(async () => {
        lab = await TestLab.start("life-expose");
    });

    afterAll(() => lab.remove());

    it("lets contestants log in to host and lb through ports of this machine", async () => {
        expect(await lab.labOutput("expose", ...options)).toContain(`ssh -p ${ports.host} user@127.0.0.1`);
        expect(await logins()).toEqual([true, true]);
        expect(await lab.labOutput("status")).toContain(`host on 127.0.0.1, port ${ports.host}`);
    });

    it("continues after the lab was stopped and started", async () => {
        await lab.labOutput("stop");
        expect(await logins()).toEqual([false, false]);
        await lab.labOutput("start");
        expect(await logins()).toEqual([true, true]);
    });

    it("ends on request", async () => {
        await lab.labOutput("expose", "--stop");
        expect(await logins()).toEqual([false, false]);
    });

    it("rejects a port that is in use, and names the remedy", async () => {
        const server = createServer().listen(ports.lb, "127.0.0.1");
        await once(server, "listening");
        const { exitCode, all } = await lab.lab("expose", ...options);
        server.close();
        expect(exitCode).toBe(1);
        expect(all).toContain(`Port ${ports.lb} of 127.0.0.1 is in use. Choose another: lab expose --lb PORT`);
    });
});
