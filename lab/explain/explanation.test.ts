import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addressPlan } from "../../infra/config/address-plan";
import { repositoryRoot } from "../../infra/config/config-files";
import { explanationSvg } from "./explanation-svg";
import { explanationText } from "./explanation-text";
import { brokenLab, brokenLabWithDrop, solvedLab } from "./fixtures";

const plan = addressPlan();

describe("explanationText", () => {
    it("shows the path of each segment on the broken lab", () => {
        const text = explanationText(brokenLab(), plan);
        expect(text).toBe(
            `
Request from host to the VIP 192.168.20.1:80
--------------------------------------------
SYN      host         eth0  out  192.168.20.20:41750 -> 192.168.20.1:80
         lb           eth0  in   192.168.20.20:41750 -> 192.168.20.1:80
         lb           eth1  out  192.168.20.20:41750 -> 192.168.20.130:80  new destination: IPVS
         k8s-worker1  eth0  in   192.168.20.20:41750 -> 192.168.20.130:80
         k8s-worker1  cni0  out  192.168.20.20:41750 -> 10.244.1.2:80      new destination: pod instead of node
SYN-ACK  k8s-worker1  cni0  in   10.244.1.2:80 -> 192.168.20.20:41750
         k8s-worker1  eth0  out  192.168.20.130:80 -> 192.168.20.20:41750  new source: node instead of pod
         lb           eth1  in   192.168.20.130:80 -> 192.168.20.20:41750
         lb           eth0  out  192.168.20.1:80 -> 192.168.20.20:41750    new source: VIP restored
         host         eth0  in   192.168.20.1:80 -> 192.168.20.20:41750

=> the reply returns through lb
   The route from k8s-worker1 to host leads through lb.
   lb restores the VIP as the source: the reply matches the client's connection.

cert-manager's self check from k8s-worker1 to the VIP 192.168.20.1:80
---------------------------------------------------------------------
SYN      k8s-worker1  cni0  in   10.244.1.4:44234 -> 192.168.20.1:80
         k8s-worker1  eth0  out  192.168.20.130:44234 -> 192.168.20.1:80    new source: node instead of pod
         lb           eth1  in   192.168.20.130:44234 -> 192.168.20.1:80
         lb           eth1  out  192.168.20.130:44234 -> 192.168.20.131:80  new destination: IPVS
         k8s-worker2  eth0  in   192.168.20.130:44234 -> 192.168.20.131:80
         k8s-worker2  cni0  out  192.168.20.130:44234 -> 10.244.2.2:80      new destination: pod instead of node
SYN-ACK  k8s-worker2  cni0  in   10.244.2.2:80 -> 192.168.20.130:44234
         k8s-worker2  eth0  out  192.168.20.131:80 -> 192.168.20.130:44234  new source: node instead of pod
         k8s-worker1  eth0  in   192.168.20.131:80 -> 192.168.20.130:44234
RST      k8s-worker1  eth0  out  192.168.20.130:44234 -> 192.168.20.131:80
         k8s-worker2  eth0  in   192.168.20.130:44234 -> 192.168.20.131:80
         k8s-worker2  cni0  out  192.168.20.130:44234 -> 10.244.2.2:80      new destination: pod instead of node

=> the reply bypasses lb
   k8s-worker2 replies directly to k8s-worker1 on the same segment, so lb cannot restore the VIP as the source.
   k8s-worker1 has a connection to 192.168.20.1:80, none to 192.168.20.131:80: it sends RST, and the pod's connection times out.
`.trim(),
        );
    });

    it("names hairpin NAT on the solved lab", () => {
        const text = explanationText(solvedLab(), plan);
        expect(text).toContain("new source: hairpin NAT; new destination: IPVS");
        expect(text).toContain("Hairpin NAT: lb replaces the source 192.168.20.130 with 192.168.20.254");
        expect(text).toContain("Substitute for the self check from cert-manager's pod on k8s-worker1 to the VIP");
        expect(text).not.toContain("bypasses");
    });

    it("names the reason for a SYN that returns to its node", () => {
        const text = explanationText(brokenLabWithDrop(), plan);
        expect(text).toContain("=> there is no reply");
        expect(text).toContain("accept_local");
    });
});

describe("explanationSvg", () => {
    it("equals docs/explain.svg; write it with: npm test -- --update lab/explain", async () => {
        const path = join(repositoryRoot, "docs", "explain.svg");
        await expect(explanationSvg(brokenLab(), plan)).toMatchFileSnapshot(path);
    });

    it("marks the place where a segment is dropped", () => {
        expect(explanationSvg(brokenLab(), plan)).toContain("✗ sends RST");
        expect(explanationSvg(brokenLabWithDrop(), plan)).toContain("✗ no reply");
        expect(explanationSvg(solvedLab(), plan)).not.toContain("✗");
    });
});
