import { type GaitError, invalidOption, unsafeOperation } from "../errors/mod.ts";
import type { Extended, Extension, Files, Journals } from "../effects/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { cleanPath, outputPath } from "../formats/path.ts";
import type { ContextEnvelope } from "../schema/context.ts";
import type { PrivateKey } from "../signing/mod.ts";
import type { BulkCrypto } from "../signing/bulk.ts";
import type { GivenToken } from "../tokens/given_token.ts";
import type { Decision, Gate } from "./decide.ts";
import { type Answer, decideAndRecord } from "./answer.ts";
import { parseIntent } from "../intent/parse.ts";
import { type LiveGateEffects, openLiveGate } from "./live_gate.ts";
import type { GateOptions } from "./options.ts";
import { checkRecords, type NamedRecord } from "./trace/journal_line.ts";
import { JOURNAL_FOLDER, openTraceLog } from "./trace/log.ts";
import { NOTHING_RECOVERED, type Recovered, recoverTraces } from "./trace/recover.ts";
import { type RecordPaths, recordsOf } from "./trace/write.ts";

/** Effects for an open gate. */
export interface OpenGateEffects extends LiveGateEffects {
  readonly files: Files;
  readonly journals: () => Promise<Journals>;
}

/** One call to decide, as it is received. */
export interface OpenCall {
  /** An intent request: bytes, text, or an object that the caller no longer changes. */
  readonly intent: Uint8Array | string | JsonObject;
  readonly contextEnvelope?: Uint8Array | JsonObject;
  readonly approvals?: readonly GivenToken[];
  readonly delegations?: readonly GivenToken[];
  readonly correlationId?: string;
  /** How the caller names the call when it reports its result. */
  readonly id?: string | number;
}

/** What became of a call, as the one who made it reports (docs/spec/gate.md 5.4). */
export interface CallResult {
  /** `ok`, `error` or another word; `not_executed` when the call was not made. */
  readonly status: string;
  /** What the tool answered. */
  readonly result?: JsonObject;
  /** Its digest, when the answer itself is not to be reported. */
  readonly resultDigest?: string;
}

/** A gate that stays open: loaded once, it decides call after call. */
export interface OpenGate {
  /** Warnings about the options. */
  readonly warnings: readonly string[];
  /** Records recovered after a crash. */
  readonly recovered: Recovered;
  /** The key that signs the traces; absent when it is one that nobody can verify later. */
  readonly signingKey?: PrivateKey;
  /**
   * Decide a call. Calls are decided one after the other in the order of their arrival, so that limits are exact,
   * each by the content of the policy file when its turn comes. The promise resolves when the records are durable.
   *
   * @throws {GaitError} when the call can't be decided or its records can't be written; the call must not happen then
   */
  decide(call: OpenCall): Promise<Answer>;
  /**
   * Record what became of a call. The promise resolves when the record is durable.
   *
   * @param id how the call is named, see {@linkcode OpenCall.id}
   * @throws {GaitError} `invalid_input` when nothing is recorded, or no decided call has this id, or several have
   */
  report(id: string | number, result: CallResult): Promise<Reported>;
  /** Wait for accepted calls, and make all records durable in their own files. */
  close(): Promise<ClosedGate>;
}

/** A result that was recorded. */
export interface Reported {
  /** Id of the call in the runpack. */
  readonly callId: string;
  /** The call was executed although the gate did not allow it. */
  readonly withoutAllow: boolean;
}

/** What a closed gate leaves. */
export interface ClosedGate {
  /** The runpack of the calls, when they are recorded. */
  readonly runpack?: { readonly path: string; readonly runId: string; readonly manifestDigest: string };
}

/**
 * Open a gate (docs/spec/gate.md 4.3, with the set-up done once).
 *
 * @throws {GaitError} as {@linkcode loadGate} and {@linkcode recoverTraces} do
 */
export async function openGate(
  options: GateOptions,
  effects: OpenGateEffects,
  producerVersion: string,
): Promise<OpenGate> {
  const { traceDir } = options;
  const folder = traceDir === undefined ? undefined : cleanPath(traceDir);
  const live = await openLiveGate(options, effects, producerVersion, { unsigned: folder === undefined });
  if (live.gate.profile === "oss-prod" && folder === undefined) {
    throw invalidOption(
      () => 'Profile "oss-prod" needs traces: every decision in production needs a proof',
      (name) => `Give a folder for them: ${name("traceDir")}`,
    );
  }
  const records = folder === undefined ? NO_RECORDS : await openRecords(folder, live.gate, effects);
  return {
    warnings: live.warnings,
    recovered: records.recovered,
    ...(live.devKey ? {} : { signingKey: live.gate.key }),
    decide: (call) =>
      decideAndRecord(
        live.decide((crypto) => readCall(call, options.correlationId, crypto)),
        records.record,
      ),
    report: () => Promise.reject(notRecorded()),
    async close() {
      await live.close();
      await records.close();
      return {};
    },
  };
}

function notRecorded(): GaitError {
  return invalidOption(
    () => "Cannot record the result: the calls are not recorded",
    (name) => `Name the runpack to record them in: ${name("record.file")}`,
  );
}

/** A decision, and the file name of its trace; no other has it. */
export interface NamedDecision {
  readonly decision: Decision;
  readonly traceName: string;
}

/** Makes the bytes that extend another file when the traces of some decisions have their final paths. */
export type RecordExtension = (traces: readonly (string | undefined)[]) => Promise<Extension | undefined>;

/** What became of several decisions: the path of the trace of each, or why it failed. */
export interface RecordedAll {
  readonly traces: readonly PromiseSettledResult<string>[];
  readonly extended: Extended;
}

/** Makes the records of decisions durable. */
export interface DecisionRecords {
  readonly recovered: Recovered;
  /**
   * Resolves when the records of a decision are durable.
   *
   * @param traceName the file name of the trace, unique, when it is not that of {@linkcode recordsOf}
   */
  record(decision: Decision, traceName?: string): Promise<RecordPaths>;
  /**
   * The same for several decisions, and another file that is extended when all of them are durable.
   *
   * @param extensionOf called with the paths of their traces, absent where a decision fails; nothing is extended when it
   * returns nothing
   */
  recordAll(decisions: readonly NamedDecision[], extensionOf: RecordExtension): Promise<RecordedAll>;
  /** Close a file that was extended, before its lock is given up. */
  letGo(path: string): void;
  /** Make all of them durable in their own files. */
  close(): Promise<void>;
}

/** Without a trace folder nothing is recorded or signed. */
const NO_RECORDS: DecisionRecords = {
  recovered: NOTHING_RECOVERED,
  record: () => Promise.resolve({}),
  recordAll: () => Promise.reject(notRecorded()),
  letGo: () => {},
  close: () => Promise.resolve(),
};

/**
 * Open the folder of the records of a gate, and restore what a crash of the machine lost there.
 *
 * @throws {GaitError} as {@linkcode recoverTraces} does
 */
export async function openRecords(
  folder: string,
  { key }: Pick<Gate, "key">,
  effects: Pick<OpenGateEffects, "files" | "journals" | "random" | "now">,
): Promise<DecisionRecords> {
  const journals = await effects.journals();
  const journalFolder = outputPath(`${folder}/${JOURNAL_FOLDER}`);
  if ((await effects.files.stat(journalFolder))?.kind === "symlink") {
    // An attacker who placed it would choose what becomes evidence here, and where evidence goes.
    throw unsafeOperation(`Cannot keep journals in "${journalFolder}": it is a symbolic link`, {
      hint: "Find out what it leads to and who placed it, then remove it",
    });
  }
  await effects.files.makeFolder(journalFolder);
  const check = (records: readonly NamedRecord[]) => checkRecords(records, [key.public]);
  const recovered = await recoverTraces(folder, effects.files, journals, check);
  const log = openTraceLog(folder, { journals, random: effects.random, now: effects.now });
  return {
    recovered,
    async record(decision, traceName) {
      const records = recordsOf(decision, traceName);
      const names = await log.append(records);
      return Object.fromEntries(records.map(({ kind }, at) => [kind, `${folder}/${names[at]}`]));
    },
    async recordAll(decisions, extensionOf) {
      const pathOf = (names: readonly string[]) => cleanPath(`${folder}/${names[0]}`);
      const { settled, extended } = await log.appendAll(
        decisions.map(({ decision, traceName }) => recordsOf(decision, traceName)),
        (names) => extensionOf(names.map((of) => of && pathOf(of))),
      );
      const traces = settled.map((one) =>
        one.status === "rejected" ? one : { ...one, value: pathOf(one.value) }
      );
      return { traces, extended };
    },
    letGo: (path) => log.letGo(path),
    close: () => log.close(),
  };
}

async function readCall(call: OpenCall, correlationId: string | undefined, { hash }: BulkCrypto) {
  const { intent, contextEnvelope, approvals = [], delegations = [] } = call;
  return {
    intent: await parseIntent(intent, "intent", { hash }),
    approvals,
    delegations,
    correlationId: call.correlationId ?? correlationId,
    ...(contextEnvelope ? { envelope: await readEnvelope(contextEnvelope) } : {}),
  };
}

async function readEnvelope(given: Uint8Array | JsonObject): Promise<ContextEnvelope> {
  const { readContextEnvelope } = await import("./context/envelope.ts");
  return await readContextEnvelope(given);
}
