import { canonicalize, type JsonObject } from "../../../lib/formats/json/mod.ts";
import type { Decided } from "../../../lib/library/guard/guard.ts";

const MOST = 1000;

/** Decisions between the framework's question whether a call needs an approval and the call: a call is counted once. */
export class HeldDecisions {
  readonly #held = new Map<string, Decided>();

  keep(callId: string | undefined, decided: Decided): void {
    if (callId === undefined) return;
    if (this.#held.size >= MOST) this.#held.delete(this.#held.keys().next().value!);
    this.#held.set(callId, decided);
  }

  /** The decision about this very call; `undefined` when there is none, or it was about other arguments. */
  take(callId: string | undefined, args: JsonObject): Decided | undefined {
    if (callId === undefined) return undefined;
    const decided = this.#held.get(callId);
    this.#held.delete(callId);
    try {
      return decided !== undefined && canonicalize(decided.call.args) === canonicalize(args)
        ? decided
        : undefined;
    } catch {
      return undefined;
    }
  }
}
