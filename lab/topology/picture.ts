import { type AddressPlan, domain } from "../../infra/config/address-plan";

/** Sizes in pixels. */
const box = { width: 220, height: 84, gap: 24 };
const margin = 36;
const width = 3 * box.width + 2 * box.gap + 2 * margin;
const middle = width / 2;

/** Where things begin, from the top; `border` is between the two halves, and lb stands on it. */
const rows = { front: 32, frontWire: 140, lb: 164, border: 226, kubernetesWire: 312, nodes: 336, pods: 436, end: 494 };

const ink = "#24364b";
const faintly = 'fill="#5a6b7e" font-size="12"';

interface Box {
    x: number;
    y: number;
    height?: number;
    name: string;
    /** Below the name, in the name's colour. */
    addresses: string[];
    /** What runs there. */
    notes: string[];
}

/** Left edge of a column, counted from 0. */
const column = (index: number) => margin + index * (box.width + box.gap);

const text = (x: number, y: number, content: string, attributes = "") =>
    `<text x="${x}" y="${y}"${attributes && ` ${attributes}`}>${content}</text>`;

const line = (x1: number, y1: number, x2: number, y2: number) =>
    `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${ink}" stroke-width="2"/>`;

function draw({ x, y, height = box.height, name, addresses, notes }: Box): string[] {
    const center = x + box.width / 2;
    const lines = [
        ...addresses.map((content) => ({ content, style: "" })),
        ...notes.map((content) => ({ content, style: faintly })),
    ];
    return [
        `<rect x="${x}" y="${y}" width="${box.width}" height="${height}" rx="6" fill="#fff" stroke="${ink}"/>`,
        text(center, y + 20, name, 'font-weight="bold"'),
        ...lines.map(({ content, style }, i) => text(center, y + 39 + 18 * i, content, style)),
    ];
}

/** One half of the network: its ground, its name and its wire. */
function half(name: string, cidr: string, fill: string, top: number, bottom: number, wire: number, label: number) {
    return [
        `<rect x="12" y="${top}" width="${width - 24}" height="${bottom - top}" fill="${fill}"/>`,
        text(margin, label, name, 'text-anchor="start" font-weight="bold"'),
        text(margin, label + 18, cidr, 'text-anchor="start"'),
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
        [0, 1, 2].map((i) => column(i) + box.width / 2).map((x) => line(x, from, x, to));
    return `${[
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${rows.end + 12}" font-family="sans-serif" font-size="14" text-anchor="middle" fill="${ink}">`,
        `<rect width="100%" height="100%" fill="#fff"/>`,
        ...half("front half", plan.frontCidr, "#e8f0fa", 12, rows.border, rows.frontWire, rows.frontWire + 40),
        ...half(
            "Kubernetes half",
            plan.kubernetesCidr,
            "#e9f5ea",
            rows.border,
            rows.end,
            rows.kubernetesWire,
            rows.border + 36,
        ),
        ...wired(rows.front, rows.frontWire),
        ...wired(rows.kubernetesWire, rows.nodes),
        line(middle, rows.frontWire, middle, rows.kubernetesWire),
        ...front.flatMap((machine, i) => draw({ ...machine, x: column(i), y: rows.front })),
        ...draw({
            x: middle - box.width / 2,
            y: rows.lb,
            height: 2 * (rows.border - rows.lb),
            name: "lb (login)",
            addresses: [`VIP ${plan.vip}`],
            notes: ["keepalived: IPVS NAT of the VIP's", "ports 80 and 443 to the workers"],
        }),
        text(middle, rows.border + 34, plan.kubernetesGateway),
        text(middle, rows.border + 52, "the nodes' default route", faintly),
        ...nodes.flatMap((machine, i) => draw({ ...machine, x: column(i), y: rows.nodes })),
        `<rect x="${column(1)}" y="${rows.pods}" width="${2 * box.width + box.gap}" height="42" rx="6" fill="none" stroke="${ink}" stroke-dasharray="5 4"/>`,
        text(column(1) + box.width + box.gap / 2, rows.pods + 26, "pods on either worker: cert-manager, web (nginx)"),
        "</svg>",
    ].join("\n")}\n`;
}
