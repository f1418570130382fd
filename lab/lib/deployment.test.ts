import { expect, it } from "vitest";
import { withoutPendingOperations, withSecretsProviderOf } from "./deployment";

const exported = (deployment: object) => ({ version: 3, deployment: { resources: [], ...deployment } });

it("removes pending operations only", () => {
    expect(withoutPendingOperations(exported({ pending_operations: [{}] }))).toEqual(exported({}));
});

it("replaces the secrets provider", () => {
    const provider = (salt: string) => ({ type: "passphrase", state: { salt } });
    const target = exported({ secrets_providers: provider("b"), resources: [{ urn: "other" }] });
    expect(withSecretsProviderOf(exported({ secrets_providers: provider("a") }), target)).toEqual(
        exported({ secrets_providers: provider("b") }),
    );
});
