/** Let other work have its turn: reading files is synchronous, and without a pause no request would be answered meanwhile. */
export function letOthersRun(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
