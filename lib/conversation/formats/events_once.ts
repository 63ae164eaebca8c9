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

/**
 * Calls that events of several kinds report by an id. Two kinds may differ in how they write one call, but one kind that
 * has other arguments under a known id tells of another call, as in a second session of one log.
 */
export class CallsOfIds {
  readonly #seen = new Map<string, Map<string, Set<string>>>();
  readonly #made = new Map<string, number>();

  /** Whether an event tells of a call that no event told of before. */
  isNew(id: string, kind: string, what: string): boolean {
    const ofId = this.#seen.get(id) ?? new Map<string, Set<string>>();
    this.#seen.set(id, ofId);
    const ofKind = ofId.get(kind) ?? new Set<string>();
    ofId.set(kind, ofKind.add(what));
    const made = this.#made.get(id) ?? 0;
    if (ofKind.size <= made) return false;
    this.#made.set(id, made + 1);
    return true;
  }
}
