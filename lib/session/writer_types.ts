import type { Effects } from "../effects/mod.ts";
import type { DecisionRecords, NamedDecision } from "../gate/open.ts";
import type { Hasher } from "../signing/mod.ts";
import type { Appended } from "./append.ts";
import type { EventInput } from "./event.ts";
import type { Sealing } from "./event_batch.ts";
import type { SessionEffects } from "./session.ts";

/** Effects for a writer. */
export interface WriterEffects extends SessionEffects {
  readonly after: Effects["after"];
  /** For the running digest. */
  readonly hash: Hasher;
}

/** Appends to the journal of one session for a long time. */
export interface SessionWriter {
  /**
   * Append a decision, starting the session if there is none. The promise resolves when the event is durable.
   *
   * @param sealing when to seal the session
   * @throws {GaitError} as {@linkcode startSession} and {@linkcode appendEvent} do; nothing was appended then
   */
  append(input: EventInput, sealing?: Sealing): Promise<Appended>;
  /**
   * Write the trace of a decision, and append the decision when that is durable.
   *
   * @param inputOf what is appended, given the path of the trace
   * @throws {GaitError} also as {@linkcode DecisionRecords.record} does; the trace stands if it could be written
   */
  appendTraced(
    decision: NamedDecision,
    inputOf: (tracePath: string) => EventInput,
    sealing?: Sealing,
  ): Promise<AppendedTraced>;
  /** Wait for what was accepted, and bring the state file up to date. */
  close(): Promise<void>;
}

/** Writes traces, and extends another file behind them. */
export type TraceRecords = Pick<DecisionRecords, "recordAll" | "letGo">;

/** An event, and the path of the trace that was written with it. */
export interface AppendedTraced extends Appended {
  readonly tracePath: string;
}

/** How a writer treats what others left, and how it writes. */
export interface WriterOptions {
  /** Writes traces; without it only decisions can be appended whose trace stands. */
  readonly records?: TraceRecords;
  /**
   * Cut the torn tail of a process that died while it appended, keeping the bytes (docs/spec/sessions.md 4.8), and say so
   * in the warnings of the next event. Otherwise every event is refused until somebody recovers the journal.
   */
  readonly cutsTornTail?: boolean;
}
