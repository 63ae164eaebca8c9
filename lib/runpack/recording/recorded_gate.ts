import { hex } from "../../formats/bytes.ts";
import { invalidInput } from "../../errors/mod.ts";
import { isJsonObject } from "../../formats/json/mod.ts";
import { folderOf, outputPath } from "../../formats/path.ts";
import { timeOfMillis } from "../../formats/time.ts";
import type { Answer } from "../../gate/answer.ts";
import { keyedQueue } from "../../gate/keyed_queue.ts";
import type { CallResult, OpenCall, OpenGate, OpenGateEffects, Reported } from "../../gate/open.ts";
import type { DecisionOutcome } from "../../gate/decision_outcome.ts";
import { verdictThatCounts } from "../../schema/trace_record.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { isNotExecuted } from "../../schema/gate_result.ts";
import { digestOf, equalHex, isHexDigest } from "../../signing/mod.ts";
import { checkRunId } from "../locate.ts";
import type { CaptureMode } from "../record_request.ts";
import { type RecoveredRecording, recoverRecording } from "./recover.ts";
import { type Recorder, startRecorder } from "./recorder.ts";

/** How the calls of a gate are recorded. */
export interface RecordingOptions {
  /** The runpack; a taken name gets a number. Its journal stands beside it as long as the gate is open. */
  readonly file: string;
  /** The run id; by default the time of the start and a random part. */
  readonly runId?: string | undefined;
  /** `raw` also keeps arguments and results, which may hold secrets; `reference`, the default, their digests. */
  readonly captureMode?: CaptureMode | undefined;
}

/** A gate that records, and what an earlier process left. */
export interface RecordedGate {
  readonly gate: OpenGate;
  readonly runId: string;
  readonly recovered?: RecoveredRecording;
}

/** Effects for recording. */
export type RecordingEffects = OpenGateEffects & { readonly os: string; readonly arch: string };

/** A decided call that nobody reported on. */
interface Unreported {
  readonly callId: string;
  readonly verdict: Verdict;
}

/** The verdict that is recorded: as in its trace, a simulation is no allow. */
function verdictOf({ verdict, simulated }: DecisionOutcome): Verdict {
  return verdictThatCounts({ verdict, simulated: simulated !== undefined });
}

/**
 * Record the calls of a gate as they are decided (docs/gate_stream.md). A call is answered only after the disk has its
 * record, so a crash loses nothing that was answered.
 *
 * @param open opens the gate; called when the recording can begin
 *
 * @throws {GaitError} `state_contention` when another process records into the file; what {@linkcode recoverRecording}
 * throws
 */
export async function recordGate(
  { file: given, runId, captureMode = "reference" }: RecordingOptions,
  open: () => Promise<OpenGate>,
  effects: RecordingEffects,
  producerVersion: string,
): Promise<RecordedGate> {
  const file = outputPath(given);
  const now = effects.now();
  const id = runId?.trim() ?? `gated_${stamp(now)}_${hex(effects.random(4))}`;
  checkRunId(id);
  await effects.files.makeFolder(folderOf(file));
  const around = { files: effects.files, journals: await effects.journals() };
  const recovered = await recoverRecording(file, around);
  const gate = await open();
  const recorder = await startRecorder(file, {
    runId: id,
    captureMode,
    createdAt: timeOfMillis(now),
    producerVersion,
    os: effects.os,
    arch: effects.arch,
  }, around).catch(async (error) => {
    await gate.close().catch(() => {});
    throw error;
  });
  return {
    gate: recording(gate, recorder, { id, captureMode, now: effects.now }),
    runId: id,
    ...(recovered ? { recovered } : {}),
  };
}

/** `20260301T090000Z` */
function stamp(now: number): string {
  return timeOfMillis(now).replace(/\.[0-9]+/, "").replaceAll(/[-:]/g, "");
}

interface Recorded {
  readonly id: string;
  readonly captureMode: CaptureMode;
  readonly now: () => number;
}

function recording(
  gate: OpenGate,
  recorder: Recorder,
  { id: runId, captureMode, now }: Recorded,
): OpenGate {
  let count = 0;
  /** The calls that nobody reported on, by the id of their caller; each is there from its first moment on. */
  const open = new Map<string, Promise<Unreported | undefined>[]>();
  const busy = new Set<Promise<unknown>>();
  const claiming = keyedQueue();
  const nameOf = (id: string | number) => `${typeof id}:${id}`;

  async function decideAndRecord(call: OpenCall, callId: string): Promise<Answer> {
    // Else decisions of the same call in one millisecond would have traces of the same bytes.
    const correlationId = call.correlationId ?? `${runId}/${callId}`;
    const answer = await gate.decide({ ...call, correlationId });
    const { intent, outcome, traceId, observedAt } = answer.decision;
    await recorder.call({
      callId,
      toolName: intent.toolName,
      argsDigest: intent.argsDigest,
      ...(captureMode === "raw" ? { args: intent.args } : {}),
      verdict: verdictOf(outcome),
      violations: outcome.violations,
      traceId,
      observedAt,
    });
    return { ...answer, callId };
  }

  /** Take the only unreported call among those that an id had; nobody else can take it afterwards. */
  async function claim(
    id: string | number,
    waiting: readonly Promise<Unreported | undefined>[],
  ): Promise<Unreported> {
    const name = nameOf(id);
    const decided = await Promise.all(waiting);
    const left = open.get(name) ?? [];
    const found = waiting.filter((one, at) => decided[at] !== undefined && left.includes(one));
    const [one, another] = found;
    if (one === undefined || another !== undefined) {
      throw invalidInput(
        one === undefined
          ? `Cannot record the result of "${id}": no decided call without a result has this id`
          : `Cannot record the result of "${id}": several calls have this id`,
        { hint: "Report each decided call once, by an id of its own" },
      );
    }
    const rest = left.filter((other) => other !== one);
    if (rest.length > 0) open.set(name, rest);
    else open.delete(name);
    return decided[waiting.indexOf(one)]!;
  }

  async function record(id: string | number, given: CallResult): Promise<Reported> {
    // Calls that come later are not meant, even when they are decided sooner.
    const candidates = [...open.get(nameOf(id)) ?? []];
    // Of several results the first one counts, even when a later one is digested sooner.
    const [result, { callId, verdict }] = await claiming(nameOf(id), async () => {
      const result = await checkedResult(given);
      return [result, await claim(id, candidates)] as const;
    });
    await recorder.result({
      callId,
      status: result.status,
      resultDigest: result.digest,
      ...(captureMode === "raw" && given.result ? { result: given.result } : {}),
      at: timeOfMillis(now()),
    });
    return { callId, withoutAllow: !isNotExecuted(result.status) && verdict !== "allow" };
  }

  /** Closing waits for it, whatever comes of it. */
  function track<T>(work: Promise<T>): Promise<T> {
    const done: Promise<unknown> = work.catch(() => {}).finally(() => busy.delete(done));
    busy.add(done);
    return work;
  }

  return {
    ...gate,
    decide(call) {
      const callId = `call_${String(++count).padStart(4, "0")}`;
      const deciding = track(decideAndRecord(call, callId));
      const name = nameOf(call.id ?? callId);
      const unreported = deciding.then(
        ({ decision }): Unreported => ({ callId, verdict: verdictOf(decision.outcome) }),
        () => undefined,
      );
      const list = open.get(name);
      if (list) list.push(unreported);
      else open.set(name, [unreported]);
      return deciding;
    },
    report: (id, given) => track(record(id, given)),
    async close() {
      await gate.close();
      await Promise.all(busy);
      return { runpack: await recorder.close(gate.signingKey) };
    },
  };
}

/** @throws {GaitError} `invalid_input` for a result that can't be recorded */
async function checkedResult(
  { status, result, resultDigest }: CallResult,
): Promise<{ status: string; digest: string }> {
  if (typeof status !== "string" || status.trim() === "") {
    throw invalidInput("Cannot record the result: status is missing", {
      hint: "Give ok, error, not_executed or another word",
    });
  }
  if (result !== undefined && !isJsonObject(result)) {
    throw invalidInput("Cannot record the result: result must be an object");
  }
  if (resultDigest !== undefined && !isHexDigest(resultDigest)) {
    throw invalidInput("Cannot record the result: result_digest must be 64 hex digits");
  }
  const digest = result === undefined && resultDigest !== undefined
    ? resultDigest.toLowerCase()
    : await digestOf(result ?? {});
  if (resultDigest !== undefined && !equalHex(resultDigest, digest)) {
    throw invalidInput("Cannot record the result: result_digest is not that of result");
  }
  return { status: status.trim(), digest };
}
