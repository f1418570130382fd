/**
 * Calls a function with all items at the same time, and waits until every call has ended.
 *
 * @returns the results in the items' order
 * @throws the error of the first item that failed
 */
export async function all<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
    return (await Promise.allSettled(items.map(work))).map((result) => {
        if (result.status === "rejected") {
            throw result.reason;
        }
        return result.value;
    });
}
