import type { Login } from "../hypervisor/cloud-init";

/** The account that the problem statement hands out, on lb and host. It is public knowledge, not a secret. */
export const contestant: Login = { name: "user", password: "ictsc2020" };
