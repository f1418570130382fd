import { expect, it } from "vitest";
import { unsetFixedCommand } from "../../infra/config/unset-fixed";
import { withCurrentReset } from "./reset-command";

const stateWith = (command: string, other = {}) => ({
    version: 3,
    deployment: {
        manifest: {},
        resources: [
            {
                urn: "urn:pulumi:dev::certificate-lab::pulumi:pulumi:Stack::certificate-lab-dev",
                type: "pulumi:pulumi:Stack",
            },
            {
                urn: "urn:pulumi:dev::certificate-lab::certificate-lab:index:ResetOnDestroy$command:local:Command::reset-on-destroy",
                type: "command:local:Command",
                inputs: { create: "true", delete: command, ...other },
                outputs: { create: "true", delete: command, stdout: "", ...other },
            },
        ],
    },
});

it("replaces the script of an earlier version", () => {
    const state = stateWith("/home/ann/lab/scripts/unset-fixed.sh dev");
    expect(withCurrentReset(state, "dev")).toEqual(
        stateWith(unsetFixedCommand, { environment: { PULUMI_STACK: "dev" } }),
    );
    expect(state).toEqual(stateWith("/home/ann/lab/scripts/unset-fixed.sh dev"));
});

it("leaves the state of this version and of another program", () => {
    for (const state of [stateWith(unsetFixedCommand), stateWith("rm -f x"), { version: 3, deployment: {} }]) {
        expect(withCurrentReset(state, "dev")).toBe(state);
    }
});
