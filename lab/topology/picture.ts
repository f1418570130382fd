import { type AddressPlan, type MachineName, nodeNames } from "../../infra/address-plan";

/** Boxes in pixels. */
const box = { width: 190, height: 54, gap: 24 };
const margin = 20;

/** The topology as an SVG picture, drawn from the address plan. */
export function topologySvg(plan: AddressPlan): string {
    const front: [string, string][] = [
        ["hypervisor", plan.hypervisor],
        ["host", plan.machines.host],
        ["acme-server", plan.machines["acme-server"]],
    ];
    const nodes: [string, string][] = nodeNames.map((name: MachineName) => [name, plan.machines[name]]);
    const width = 3 * box.width + 2 * box.gap + 2 * margin;
    const column = (index: number) => margin + index * (box.width + box.gap);
    const middle = width / 2;
    const rows = { front: 20, frontWire: 104, lb: 134, kubernetesWire: 232, nodes: 262 };
    const draw = ([name, address]: [string, string], x: number, y: number, height = box.height) => [
        `<rect x="${x}" y="${y}" width="${box.width}" height="${height}" rx="6" fill="#fff" stroke="#345"/>`,
        `<text x="${x + box.width / 2}" y="${y + 22}" font-weight="bold">${name}</text>`,
        `<text x="${x + box.width / 2}" y="${y + 42}">${address}</text>`,
    ];
    const line = (x1: number, y1: number, x2: number, y2: number) =>
        `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#345" stroke-width="2"/>`;
    const wire = (y: number, label: string) => [
        line(margin, y, width - margin, y),
        `<text x="${margin}" y="${y - 6}" text-anchor="start" fill="#678">${label}</text>`,
    ];
    return `${[
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} 336" font-family="sans-serif" font-size="14" text-anchor="middle">`,
        `<rect width="100%" height="100%" fill="#f6f8fa"/>`,
        ...front.map((_, i) =>
            line(column(i) + box.width / 2, rows.front + box.height, column(i) + box.width / 2, rows.frontWire),
        ),
        ...nodes.map((_, i) =>
            line(column(i) + box.width / 2, rows.kubernetesWire, column(i) + box.width / 2, rows.nodes),
        ),
        line(middle, rows.frontWire, middle, rows.kubernetesWire),
        ...wire(rows.frontWire, `front ${plan.frontCidr}`),
        ...wire(rows.kubernetesWire, `Kubernetes ${plan.kubernetesCidr}`),
        ...front.flatMap((machine, i) => draw(machine, column(i), rows.front)),
        ...draw(["lb (keepalived, IPVS NAT)", `VIP ${plan.vip}`], middle - box.width / 2, rows.lb, 72),
        `<text x="${middle}" y="${rows.lb + 60}">${plan.kubernetesGateway}</text>`,
        ...nodes.flatMap((machine, i) => draw(machine, column(i), rows.nodes)),
        "</svg>",
    ].join("\n")}\n`;
}
