import type { Extended, Extension, Journals } from "../../effects/mod.ts";
import type { NamedRecord } from "./journal_line.ts";

/** A log of decisions: many files a second, each durable before its decision is returned. */
export interface TraceLog {
  /**
   * Write the records of one decision.
   *
   * @returns their final names: a name that is taken gets a number, because evidence is never overwritten
   * @throws {GaitError} `io_failure` and the like; the decision must not be returned then
   */
  append(records: readonly NamedRecord[]): Promise<string[]>;
  /**
   * Write the records of several decisions in one batch, and extend another file when all of them are durable, so that
   * what it says about them is never there without them.
   *
   * @param extensionOf called with the names of each, absent where a decision fails; nothing is extended when it returns
   * nothing
   */
  appendAll(decisions: readonly (readonly NamedRecord[])[], extensionOf: ExtensionOf): Promise<AppendedAll>;
  /** Close a file that was extended, before its lock is given up. */
  letGo(path: string): void;
  /**
   * Wait until every file is durable and the journals are removed.
   *
   * @throws {GaitError} `io_failure` when that fails; the journals stay then, and their records are restored when a
   * log is opened in this folder
   */
  close(): Promise<void>;
}

/** Makes the bytes that extend another file when the records of some decisions have their final names. */
export type ExtensionOf = (
  names: readonly (readonly string[] | undefined)[],
) => Promise<Extension | undefined>;

/** What became of several decisions. */
export interface AppendedAll {
  /** The names of the records of each, or why it failed. */
  readonly settled: readonly PromiseSettledResult<string[]>[];
  readonly extended: Extended;
}

/** Effects for a trace log. */
export interface TraceLogEffects {
  readonly journals: Journals;
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
