/**
 * Wait for steps that were started together, because each waits for another thread while the next one can work.
 * When several fail, the first of them in order is the one reported, whichever was faster.
 */
export async function inOrder<T extends readonly unknown[]>(
  steps: { readonly [I in keyof T]: Promise<T[I]> },
): Promise<T> {
  const results: unknown[] = [];
  for (const result of await Promise.allSettled(steps)) {
    if (result.status === "rejected") throw result.reason;
    results.push(result.value);
  }
  return results as unknown as T;
}
