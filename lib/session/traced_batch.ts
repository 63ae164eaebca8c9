import { concat } from "../formats/bytes.ts";
import { encodeBatch, type EncodedBatch, fail, type Waiting } from "./event_batch.ts";
import type { Position, SessionContext } from "./session.ts";
import type { TraceRecords, WriterEffects } from "./writer_types.ts";

/** What became of a batch: its events were appended, or its traces stand, and its events are to be appended by themselves. */
export type WrittenBatch =
  | { readonly kind: "appended"; readonly encoded: EncodedBatch; readonly version: string | undefined }
  | { readonly kind: "changed" | "skipped"; readonly left: readonly Waiting[] };

/**
 * Write the traces of a batch, and behind them the events, with one wait for both. Whoever writes them looks whether the
 * journal has the version that is expected.
 *
 * INVARIANT: an event is appended behind the traces of all its batch, and only if they have the paths that it names. So
 * it is never durable before its trace.
 *
 * @throws what the append fails with; the traces stand then
 */
export async function writeWithTraces(
  operation: SessionContext,
  { version, ...begin }: Position & { readonly version: string | undefined },
  batch: readonly Waiting[],
  records: TraceRecords,
  effects: Pick<WriterEffects, "hash">,
): Promise<WrittenBatch> {
  const { paths, lock } = operation;
  const traced = batch.filter(({ decision }) => decision);
  let encoded: EncodedBatch | undefined;
  const { traces, extended } = await records.recordAll(
    traced.map(({ decision }) => decision!),
    async (tracePaths) => {
      for (const [at, waited] of traced.entries()) waited.tracePath = tracePaths[at] ?? "";
      const events = batch.filter(({ decision, tracePath }) => !decision || tracePath !== "");
      encoded = await encodeBatch(operation, begin, events, effects);
      const { lines } = encoded;
      if (version === undefined || lines.length === 0) return undefined;
      const { journal_size_bytes: size } = begin.state;
      return { path: paths.journal, size, version, bytes: concat(lines), sync: lock.sync };
    },
  );
  for (const [at, waited] of traced.entries()) {
    const trace = traces[at]!;
    waited.decision = undefined;
    if (trace.status === "rejected") fail(waited, trace.reason);
    else waited.tracePath = trace.value;
  }
  if (extended.kind === "failed") throw extended.error;
  if (extended.kind === "appended") return { kind: "appended", encoded: encoded!, version: extended.version };
  return { kind: extended.kind, left: batch.filter(({ isOver }) => !isOver) };
}

/** Tell who waits that its event is not appended. A decision that was made has its trace all the same. */
export async function failWithTrace(
  waited: Waiting,
  error: unknown,
  records: TraceRecords | undefined,
): Promise<void> {
  const { decision } = waited;
  if (!decision) return fail(waited, error);
  try {
    const { traces: [trace] } = await records!.recordAll([decision], () => Promise.resolve(undefined));
    fail(waited, trace?.status === "rejected" ? trace.reason : error);
  } catch (notRecorded) {
    fail(waited, notRecorded); // whoever waits must hear of it
  }
}
