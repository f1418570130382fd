import { z } from "zod";

const conditionSchema = z.object({
    type: z.string(),
    /** True, False or Unknown. */
    status: z.string(),
    reason: z.string().default(""),
    message: z.string().default(""),
});

/** A condition of a Kubernetes object's status, https://kubernetes.io/docs/reference/using-api/api-concepts/ */
export type Condition = z.output<typeof conditionSchema>;

const conditionedSchema = z.object({
    status: z.object({ conditions: z.array(conditionSchema).default([]) }).default({ conditions: [] }),
});

/** The condition Ready of an object; undefined as long as no controller has written it. */
export function readyCondition(object: object): Condition | undefined {
    return conditionedSchema.parse(object).status.conditions.find(({ type }) => type === "Ready");
}
