import type { NamedDecision } from "../gate/open.ts";
import { encodeSessionEvent, type SessionState } from "../schema/session_journal.ts";
import type { Hasher } from "../signing/mod.ts";
import { type Appended, encodeAppended, withEvent } from "./append.ts";
import { type EventInput, eventWarnings, nextEvent } from "./event.ts";
import type { Position, SessionContext } from "./session.ts";

/** When a session is sealed: behind each event whose sequence is a multiple of `every`, before the next one. */
export interface Sealing {
  readonly every: number;
  /** @returns warnings */
  readonly seal: (sequence: number) => Promise<readonly string[]>;
}

/** An event that is to be appended, and who waits for it. */
export interface Waiting {
  readonly inputOf: (tracePath: string) => EventInput;
  readonly sealing: Sealing | undefined;
  readonly appended: (appended: Appended) => void;
  readonly failed: (error: unknown) => void;
  /** Its decision, as long as the trace is to be written with the event. */
  decision: NamedDecision | undefined;
  /** Where the trace is. */
  tracePath: string;
  /** It failed. */
  isOver: boolean;
}

/** An event of a batch, and who waits for it. */
export interface Taken {
  readonly waited: Waiting;
  readonly appended: Appended;
}

/** Events that were encoded one behind the other. */
export interface EncodedBatch {
  readonly taken: readonly Taken[];
  readonly lines: readonly Uint8Array[];
  /** The state behind them. */
  readonly state: SessionState;
  /** What is to be written behind a seal. */
  readonly rest: readonly Waiting[];
}

/** Encode events one behind the other, up to one that is to be sealed. */
export async function encodeBatch(
  operation: SessionContext,
  begin: Position,
  batch: readonly Waiting[],
  effects: { readonly hash: Hasher },
): Promise<EncodedBatch> {
  let position = begin;
  const lines: Uint8Array[] = [];
  const taken: Taken[] = [];
  for (const [at, waited] of batch.entries()) {
    try {
      const event = nextEvent(waited.inputOf(waited.tracePath), position.state, operation);
      const record = encodeSessionEvent(event);
      const { bytes, state } = await encodeAppended(operation, position, "event", record, effects);
      position = { state: withEvent(state, event), ended: true };
      lines.push(bytes);
      taken.push({ waited, appended: { event, warnings: eventWarnings(event) } });
    } catch (error) {
      fail(waited, error);
      continue;
    }
    if (isDue(taken.at(-1)!)) return { taken, lines, state: position.state, rest: batch.slice(at + 1) };
  }
  return { taken, lines, state: position.state, rest: [] };
}

/** Whether the session is to be sealed behind an event. */
export function isDue({ waited: { sealing }, appended: { event } }: Taken): boolean {
  return sealing !== undefined && sealing.every > 0 && event.sequence % sealing.every === 0;
}

/** Tell who waits that an event is not appended. */
export function fail(waited: Waiting, error: unknown): void {
  waited.isOver = true;
  waited.failed(error);
}
