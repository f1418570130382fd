import { type AddressPlan, domain } from "../../infra/config/address-plan";
import { box, element, line, picture, small, text } from "../lib/svg";

/** Sizes in pixels. */
const machineBox = { width: 220, height: 84, gap: 24 };
const margin = 36;
const width = 3 * machineBox.width + 2 * machineBox.gap + 2 * margin;
const middle = width / 2;

/** Distances from the top; `border` is between the two segments, in the middle of lb. */
const rows = { front: 32, frontWire: 140, lb: 164, border: 226, clusterWire: 312, nodes: 336, pods: 436, end: 494 };

interface Box {
    x: number;
    y: number;
    height?: number;
    name: string;
    /** Below the name, in the name's colour. */
    addresses: string[];
    /** The programs on it. */
    notes: string[];
}

/** Left edge of a column, counted from 0. */
const column = (index: number) => margin + index * (machineBox.width + machineBox.gap);

const bold = { "font-weight": "bold" };

function draw({ x, y, height = machineBox.height, name, addresses, notes }: Box): string[] {
    const center = x + machineBox.width / 2;
    const lines = [
        ...addresses.map((content) => ({ content, style: {} })),
        ...notes.map((content) => ({ content, style: small })),
    ];
    return [
        box(x, y, machineBox.width, height),
        text(center, y + 20, name, bold),
        ...lines.map(({ content, style }, i) => text(center, y + 39 + 18 * i, content, style)),
    ];
}

/** A network segment: its background, its name and its wire. */
function segment(name: string, cidr: string, fill: string, top: number, bottom: number, wire: number, label: number) {
    return [
        element("rect", { x: 12, y: top, width: width - 24, height: bottom - top, fill }),
        text(margin, label, name, { "text-anchor": "start", ...bold }),
        text(margin, label + 18, cidr, { "text-anchor": "start" }),
        line(margin, wire, width - margin, wire),
    ];
}

/** The topology as an SVG picture, drawn from the address plan. */
export function topologySvg(plan: AddressPlan): string {
    const { machines } = plan;
    const front: Omit<Box, "x" | "y">[] = [
        { name: "host (login)", addresses: [machines.host], notes: ["kubectl, curl,", "/home/user/manifests"] },
        { name: "acme-server", addresses: [machines["acme-server"]], notes: ["ACME CA", `DNS of ${domain}`] },
        { name: "hypervisor", addresses: [plan.hypervisor], notes: ["runs the six machines"] },
    ];
    const ingress = ["ingress controller", "on ports 80 and 443"];
    const nodes: Omit<Box, "x" | "y">[] = [
        { name: "k8s-master", addresses: [machines["k8s-master"]], notes: ["control plane"] },
        { name: "k8s-worker1", addresses: [machines["k8s-worker1"]], notes: ingress },
        { name: "k8s-worker2", addresses: [machines["k8s-worker2"]], notes: ingress },
    ];
    const wired = (from: number, to: number) =>
        [0, 1, 2].map((i) => column(i) + machineBox.width / 2).map((x) => line(x, from, x, to));
    return picture(width, rows.end + 12, [
        ...segment("front segment", plan.frontCidr, "#e8f0fa", 12, rows.border, rows.frontWire, rows.frontWire + 40),
        ...segment(
            "cluster segment",
            plan.clusterCidr,
            "#e9f5ea",
            rows.border,
            rows.end,
            rows.clusterWire,
            rows.border + 36,
        ),
        ...wired(rows.front, rows.frontWire),
        ...wired(rows.clusterWire, rows.nodes),
        line(middle, rows.frontWire, middle, rows.clusterWire),
        ...front.flatMap((machine, i) => draw({ ...machine, x: column(i), y: rows.front })),
        ...draw({
            x: middle - machineBox.width / 2,
            y: rows.lb,
            height: 2 * (rows.border - rows.lb),
            name: "lb (login)",
            addresses: [`VIP ${plan.vip}`],
            notes: ["keepalived: IPVS NAT of the VIP's", "ports 80 and 443 to the workers"],
        }),
        text(middle, rows.border + 34, plan.clusterGateway),
        text(middle, rows.border + 52, "the nodes' default route", small),
        ...nodes.flatMap((machine, i) => draw({ ...machine, x: column(i), y: rows.nodes })),
        box(column(1), rows.pods, 2 * machineBox.width + machineBox.gap, 42, {
            fill: "none",
            "stroke-dasharray": "5 4",
        }),
        text(
            column(1) + machineBox.width + machineBox.gap / 2,
            rows.pods + 26,
            "pods on either worker: cert-manager, web (nginx)",
        ),
    ]);
}
