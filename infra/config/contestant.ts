import type { MachineName } from "./address-plan";

/** An account with a password. */
export interface Login {
    name: string;
    password: string;
}

/** The account of the problem statement; it is published there and therefore not a secret. */
export const contestant: Login = { name: "user", password: "ictsc2020" };

/** The machines on which the contestant has an account. */
export const contestantMachines: readonly MachineName[] = ["lb", "host"];
