/**
 * Prints a text and a line end to standard output. console.log ignores errors: a result on a full disk would be lost
 * without a sign.
 *
 * @throws Error when the text is not written completely
 */
export function print(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
        process.stdout.once("error", reject);
        process.stdout.write(`${text}\n`, (error) => (error ? reject(error) : resolve()));
    });
}
