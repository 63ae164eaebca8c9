import { type GaitError, invalidInput } from "../errors/mod.ts";
import type { FileLine } from "../effects/types.ts";
import { utf8 } from "../formats/bytes.ts";
import type { Checkpoint } from "../schema/session_chain.ts";
import type { JournalHeader } from "../schema/session_journal.ts";
import { type Digest, type Hasher, sha256 } from "../signing/mod.ts";
import { FIRST_DIGEST, nextDigest, trimLine } from "../signing/line_chain.ts";
import { type JournalRecord, readRecord } from "./records.ts";

/** The state of a journal after reading a prefix of its lines. */
export interface Fold {
  readonly header?: JournalHeader;
  readonly eventCount: number;
  /** Sequence number of the last event; 0 if there is none. */
  readonly lastSequence: number;
  /** The sequence number that the next event must have. */
  readonly expected: number;
  /** Shared by all folds of one read and extended in place. */
  readonly checkpoints: Checkpoint[];
  /** Digests of runpacks by checkpoint index, if the journal records them; extended in place. */
  readonly runpackDigests: Map<number, string>;
  /** Bytes read so far. */
  readonly size: number;
  /** Running digest so far. */
  readonly digest: Digest;
  /** Where the last record begins, and the running digest before it. */
  readonly tailOffset: number;
  readonly tailPrevDigest: Digest;
  /** Whether a newline follows the last record. */
  readonly ended: boolean;
}

/** The state before the first line. */
export function beforeAll(): Fold {
  return {
    eventCount: 0,
    lastSequence: 0,
    expected: 1,
    checkpoints: [],
    runpackDigests: new Map(),
    size: 0,
    digest: FIRST_DIGEST,
    tailOffset: 0,
    tailPrevDigest: FIRST_DIGEST,
    ended: true,
  };
}

/**
 * Process the next line (docs/spec/sessions.md 2.5).
 *
 * @returns the new state and the record; no record for a blank line
 * @throws {GaitError} `invalid_input` at the first rule that the line breaks; `error_detail` is `torn_tail` when it
 * is the unfinished last line, `journal_edited` when the running digest does not fit
 */
export async function takeLine(
  fold: Fold,
  line: FileLine,
  what: string,
  hash: Hasher = sha256,
): Promise<{ readonly fold: Fold; readonly record?: JournalRecord }> {
  const bytes = trimLine(line.bytes);
  const size = line.offset + line.bytes.length + (line.ended ? 1 : 0);
  if (bytes.length === 0) return { fold: { ...fold, size, ended: line.ended } };
  let record: JournalRecord;
  try {
    record = readRecord(bytes, `${what}, offset ${line.offset}`);
  } catch (error) {
    throw line.ended ? error : torn(what, line, error as GaitError);
  }
  if (record.prevDigest !== undefined && record.prevDigest !== fold.digest) {
    throw invalidInput(`Cannot read ${what}: a line before offset ${line.offset} was changed or removed`, {
      detail: "journal_edited",
    });
  }
  const position = {
    size,
    digest: await nextDigest(fold.digest, bytes, hash),
    tailOffset: line.offset,
    tailPrevDigest: fold.digest,
    ended: line.ended,
  };
  return {
    fold: { ...await takeRecord(fold, record, `${what}, offset ${line.offset}`), ...position },
    record,
  };
}

async function takeRecord(fold: Fold, record: JournalRecord, what: string): Promise<Fold> {
  const fail = (reason: string) => invalidInput(`Cannot read ${what}: ${reason}`);
  if (record.kind === "header") {
    if (fold.header) throw fail("a second header");
    if (record.header.session_id === "" || record.header.run_id === "") throw fail("the header lacks an id");
    return { ...fold, header: record.header };
  }
  const { header } = fold;
  if (!header) throw fail("a record stands before the header");
  const of = record.kind === "event" ? record.event : record.checkpoint;
  if (of.session_id !== header.session_id || of.run_id !== header.run_id) {
    throw fail(`the ${record.kind} belongs to another session or run`);
  }
  if (record.kind === "event") {
    const { sequence } = record.event;
    if (sequence !== fold.expected) throw fail(`sequence ${sequence} stands where ${fold.expected} must`);
    return { ...fold, eventCount: fold.eventCount + 1, lastSequence: sequence, expected: sequence + 1 };
  }
  const { checkpoint, runpackDigest } = record;
  const problem = await checkpointProblem(checkpoint, fold.checkpoints.at(-1));
  if (problem !== undefined) throw fail(problem);
  fold.checkpoints.push(checkpoint);
  if (runpackDigest !== undefined) fold.runpackDigests.set(checkpoint.checkpoint_index, runpackDigest);
  return { ...fold, expected: Math.max(fold.expected, checkpoint.sequence_end + 1) };
}

/** Why a checkpoint can't follow the previous one; `undefined` if it can (docs/spec/sessions.md 2.5, rule 5). */
async function checkpointProblem(checkpoint: Checkpoint, last?: Checkpoint): Promise<string | undefined> {
  const { checkpoint_index: index, sequence_start: start, sequence_end: end } = checkpoint;
  if (index !== (last?.checkpoint_index ?? 0) + 1) return `checkpoint index ${index} is out of turn`;
  if (start < 1 || end < start) return `checkpoint ${index} seals no range of sequences`;
  if (start <= (last?.sequence_end ?? 0)) return `checkpoint ${index} seals what was sealed before`;
  if (last && checkpoint.prev_checkpoint_digest !== last.checkpoint_digest) {
    return `checkpoint ${index} is not linked to the one before`;
  }
  if (await checkpointDigest(checkpoint) !== checkpoint.checkpoint_digest) {
    return `the digest of checkpoint ${index} is not its own`;
  }
  return undefined;
}

/** The digest of a checkpoint (docs/spec/sessions.md 2.3). */
export function checkpointDigest(
  checkpoint: Pick<
    Checkpoint,
    "manifest_digest" | "prev_checkpoint_digest" | "checkpoint_index" | "sequence_start" | "sequence_end"
  >,
): Promise<Digest> {
  const { manifest_digest, prev_checkpoint_digest, checkpoint_index, sequence_start, sequence_end } =
    checkpoint;
  return sha256(
    utf8([manifest_digest, prev_checkpoint_digest, checkpoint_index, sequence_start, sequence_end].join(":")),
  );
}

function torn(what: string, line: FileLine, cause: GaitError): GaitError {
  return invalidInput(
    `Cannot read ${what}: its last line is torn, ${line.bytes.length} bytes from offset ${line.offset} are not a record`,
    {
      detail: "torn_tail",
      hint: "Cut it off, keeping the bytes: gait run session recover --journal <file>",
      cause,
    },
  );
}
