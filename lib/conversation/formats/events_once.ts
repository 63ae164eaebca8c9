/**
 * Calls that events of several kinds report: what the model asked for, that it is made, what came of it. It is one call.
 * Equal calls of one id, which some models number by their tool, are as many as any one kind has of them.
 */
export class CallsOfEvents {
  readonly #made = new Map<string, (number | undefined)[]>();
  readonly #seen = new Map<string, Map<string, number>>();

  /** How often events of a kind had a call with a key by now, this time included. */
  count(kind: string, key: string): number {
    const ofKind = this.#seen.get(kind) ?? new Map<string, number>();
    this.#seen.set(kind, ofKind);
    const n = (ofKind.get(key) ?? 0) + 1;
    ofKind.set(key, n);
    return n;
  }

  /** The `n`th call with a key, from 1; it and those before it are made if they are new. */
  call(key: string, n: number, make: () => number | undefined): number | undefined {
    const calls = this.#made.get(key) ?? [];
    this.#made.set(key, calls);
    while (calls.length < n) calls.push(make());
    return calls[n - 1];
  }
}
