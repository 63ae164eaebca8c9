import { GaitError, invalidInput, invalidOption, messageOf, unsafeOperation } from "../errors/mod.ts";
import type { ChildRequest, ChildResult, Files, Journals } from "../effects/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { cleanPath, outputPath } from "../formats/path.ts";
import type { ContextEnvelope } from "../schema/context.ts";
import { type BulkCrypto, loadBulkCrypto } from "../signing/bulk.ts";
import type { GivenToken } from "../tokens/given_token.ts";
import { decide, type Decision, type Gate } from "./decide.ts";
import { compile } from "../evaluate/compile.ts";
import { type Answer, decideAndRecord } from "./answer.ts";
import { parseIntent } from "../intent/parse.ts";
import { checkedPolicy, loadGate, type LoadGateEffects } from "./load.ts";
import { watchFile } from "./watched_file.ts";
import type { GateOptions } from "./options.ts";
import { checkRecords, type NamedRecord } from "./trace/journal_line.ts";
import { JOURNAL_FOLDER, openTraceLog, type TraceLog } from "./trace/log.ts";
import { NOTHING_RECOVERED, type Recovered, recoverTraces } from "./trace/recover.ts";
import { type RecordPaths, recordsOf } from "./trace/write.ts";

/** How long calls that wait together share one look at the policy. Milliseconds. */
const SHARED = 10;

/** What an open gate needs from outside. */
export interface OpenGateEffects extends LoadGateEffects {
  readonly files: Files;
  readonly journals: () => Promise<Journals>;
  readonly runChild: (request: ChildRequest) => Promise<ChildResult>;
}

/** One call to decide, as it comes from outside. */
export interface OpenCall {
  /** An intent request: bytes, text, or an object that nobody else changes. */
  readonly intent: Uint8Array | string | JsonObject;
  readonly contextEnvelope?: Uint8Array | JsonObject;
  readonly approvals?: readonly GivenToken[];
  readonly delegations?: readonly GivenToken[];
  readonly correlationId?: string;
}

/** A gate that stays open: loaded once, it decides call after call. */
export interface OpenGate {
  /** What the user should know of its set-up. */
  readonly warnings: readonly string[];
  /** What was left over from a crash. */
  readonly recovered: Recovered;
  /**
   * Decide a call. Calls are decided one after the other in the order in which they come, so limits are exact, each by
   * the policy that the file holds when its turn comes; the answer comes when its records are on the disk.
   *
   * @throws {GaitError} when the call can't be decided or its records can't be written: then it must not happen
   */
  decide(call: OpenCall): Promise<Answer>;
  /** Finish what was accepted, and make all records durable in their own files. */
  close(): Promise<void>;
}

/**
 * Open a gate (docs/spec/gate.md 4.3, the set-up done once).
 *
 * @throws {GaitError} as {@linkcode loadGate} and {@linkcode recoverTraces} do
 */
export async function openGate(
  options: GateOptions,
  effects: OpenGateEffects,
  producerVersion: string,
): Promise<OpenGate> {
  const { policy: policyPath, traceDir } = options;
  const folder = traceDir === undefined ? undefined : cleanPath(traceDir);
  const watched = watchFile(policyPath, effects.files, effects.now);
  // Read once: what is watched is what decides.
  const content = await watched.changed();
  const { gate: loaded, warnings } = await loadGate(options, effects, producerVersion, content);
  if (loaded.profile === "oss-prod" && folder === undefined) {
    throw invalidOption(
      () => 'Profile "oss-prod" needs traces: nothing is decided in production without a proof',
      (name) => `Give a folder for them: ${name("traceDir")}`,
    );
  }
  const bulk = await loadBulkCrypto();
  const { log, recovered } = await openLog(folder, loaded, effects);
  const deciding = { ...effects, ...bulk };
  const unsigned = folder === undefined;

  let gate: Gate = unsigned ? { ...loaded, unsigned } : loaded;
  let unreadable: GaitError | undefined;
  let unusable: GaitError | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;
  let looks = 0;
  let lookedAt = NaN;

  /**
   * INVARIANT: no call is decided by a policy that was replaced before the call came; and one that waited, behind a
   * slow broker or in a long queue, by none that was replaced more than {@linkcode SHARED} before its turn.
   *
   * @param came how often the policy had been looked at when the call came
   */
  async function lookAtPolicy(came: number): Promise<void> {
    const now = effects.now();
    // One look serves all calls that waited for it: else thousands a second would each look at the same file.
    if (came < looks && now >= lookedAt && now < lookedAt + SHARED) return;
    looks++;
    lookedAt = now;
    await reload();
  }

  async function reload(): Promise<void> {
    let content: Uint8Array<ArrayBuffer> | undefined;
    try {
      content = await watched.changed();
      unreadable = undefined;
    } catch (error) {
      unreadable = policyProblem(error, policyPath);
      return;
    }
    if (!content) return;
    try {
      const policy = await checkedPolicy(content, policyPath, gate.profile, gate.credentials.broker);
      gate = { ...gate, policy, compiled: compile(policy.policy) };
      unusable = undefined;
    } catch (error) {
      unusable = policyProblem(error, policyPath);
    }
  }

  async function decideNow(call: OpenCall, came: number): Promise<Decision> {
    await lookAtPolicy(came);
    const problem = unreadable ?? unusable;
    if (problem) throw problem;
    return await decide(gate, await readCall(call, options.correlationId, bulk), deciding);
  }

  return {
    warnings,
    recovered,
    decide(call) {
      if (closed) return Promise.reject(invalidInput("Cannot decide: the gate is closed"));
      const came = looks;
      const decided = queue.then(() => decideNow(call, came));
      queue = decided.catch(() => {});
      return decideAndRecord(decided, (decision) => recordIn(log, folder, decision));
    },
    async close() {
      closed = true;
      await queue;
      await log?.close();
    },
  };
}

async function openLog(
  folder: string | undefined,
  { key }: Gate,
  effects: OpenGateEffects,
): Promise<{ log?: TraceLog; recovered: Recovered }> {
  if (folder === undefined) return { recovered: NOTHING_RECOVERED };
  const journals = await effects.journals();
  const journalFolder = outputPath(`${folder}/${JOURNAL_FOLDER}`);
  if ((await effects.files.stat(journalFolder))?.kind === "symlink") {
    // Whoever placed it chose what becomes evidence here, and where evidence goes.
    throw unsafeOperation(`Cannot keep journals in "${journalFolder}": it is a symbolic link`, {
      hint: "Look at what it leads to and who placed it, then remove it",
    });
  }
  await effects.files.makeFolder(journalFolder);
  const check = (records: readonly NamedRecord[]) => checkRecords(records, [key.public]);
  const recovered = await recoverTraces(folder, effects.files, journals, check);
  return { log: openTraceLog(folder, { journals, random: effects.random, now: effects.now }), recovered };
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

/** Nothing is recorded, and nothing signed, without a folder of traces. */
async function recordIn(
  log: TraceLog | undefined,
  folder: string | undefined,
  decision: Decision,
): Promise<RecordPaths> {
  if (folder === undefined || !log) return {};
  const records = recordsOf(decision);
  const names = await log.append(records);
  return Object.fromEntries(records.map(({ kind }, at) => [kind, `${folder}/${names[at]}`]));
}

/** INVARIANT: whatever is wrong with a changed policy, a defect of ours included, nothing is decided by an older one. */
function policyProblem(error: unknown, path: string): GaitError {
  const code = error instanceof GaitError ? error.code : "internal_failure";
  return new GaitError(code, `Cannot decide, the policy changed: ${messageOf(error)}`, {
    hint: `Repair "${path}"; it is read again at once`,
    cause: error,
  });
}
