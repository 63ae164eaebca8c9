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

/** How long waiting calls share one check of the policy file. Milliseconds. */
const SHARED_CHECK = 10;

/** Effects for an open gate. */
export interface OpenGateEffects extends LoadGateEffects {
  readonly files: Files;
  readonly journals: () => Promise<Journals>;
  readonly runChild: (request: ChildRequest) => Promise<ChildResult>;
}

/** One call to decide, as it is received. */
export interface OpenCall {
  /** An intent request: bytes, text, or an object that the caller no longer changes. */
  readonly intent: Uint8Array | string | JsonObject;
  readonly contextEnvelope?: Uint8Array | JsonObject;
  readonly approvals?: readonly GivenToken[];
  readonly delegations?: readonly GivenToken[];
  readonly correlationId?: string;
}

/** A gate that stays open: loaded once, it decides call after call. */
export interface OpenGate {
  /** Warnings about the options. */
  readonly warnings: readonly string[];
  /** Records recovered after a crash. */
  readonly recovered: Recovered;
  /**
   * Decide a call. Calls are decided one after the other in the order of their arrival, so that limits are exact,
   * each by the content of the policy file when its turn comes. The promise resolves when the records are durable.
   *
   * @throws {GaitError} when the call can't be decided or its records can't be written; the call must not happen then
   */
  decide(call: OpenCall): Promise<Answer>;
  /** Wait for accepted calls, and make all records durable in their own files. */
  close(): Promise<void>;
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
  const { policy: policyPath, traceDir } = options;
  const folder = traceDir === undefined ? undefined : cleanPath(traceDir);
  const watched = watchFile(policyPath, effects.files, effects.now);
  // Read once, so that the watched content is the one that decides.
  const content = await watched.changed();
  const { gate: loaded, warnings } = await loadGate(options, effects, producerVersion, content);
  if (loaded.profile === "oss-prod" && folder === undefined) {
    throw invalidOption(
      () => 'Profile "oss-prod" needs traces: every decision in production needs a proof',
      (name) => `Give a folder for them: ${name("traceDir")}`,
    );
  }
  const bulk = await loadBulkCrypto();
  const { log, recovered } = await openLog(folder, loaded, effects);
  const decideEffects = { ...effects, ...bulk };
  const unsigned = folder === undefined;

  let gate: Gate = unsigned ? { ...loaded, unsigned } : loaded;
  let unreadable: GaitError | undefined;
  let unusable: GaitError | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;
  let policyChecks = 0;
  let checkedAt = NaN;

  /**
   * INVARIANT: no call is decided by a policy that was replaced before the call arrived. A call that waited, behind a
   * slow broker or in a long queue, is not decided by a policy that was replaced more than {@linkcode SHARED_CHECK} before
   * its turn.
   *
   * @param came number of checks of the policy file before the call arrived
   */
  async function checkPolicyFile(checksAtArrival: number): Promise<void> {
    const now = effects.now();
    // One check serves all calls that waited for it; otherwise thousands of calls a second would each check the same
    // file.
    if (checksAtArrival < policyChecks && now >= checkedAt && now < checkedAt + SHARED_CHECK) return;
    policyChecks++;
    checkedAt = now;
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

  async function decideNow(call: OpenCall, checksAtArrival: number): Promise<Decision> {
    await checkPolicyFile(checksAtArrival);
    const problem = unreadable ?? unusable;
    if (problem) throw problem;
    return await decide(gate, await readCall(call, options.correlationId, bulk), decideEffects);
  }

  return {
    warnings,
    recovered,
    decide(call) {
      if (closed) return Promise.reject(invalidInput("Cannot decide: the gate is closed"));
      const checksAtArrival = policyChecks;
      const decided = queue.then(() => decideNow(call, checksAtArrival));
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
    // An attacker who placed it would choose what becomes evidence here, and where evidence goes.
    throw unsafeOperation(`Cannot keep journals in "${journalFolder}": it is a symbolic link`, {
      hint: "Find out what it leads to and who placed it, then remove it",
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

/** Without a trace folder nothing is recorded or signed. */
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

/**
 * INVARIANT: when a changed policy can't be loaded for any reason, an internal error included, no call is decided by
 * the older one.
 */
function policyProblem(error: unknown, path: string): GaitError {
  const code = error instanceof GaitError ? error.code : "internal_failure";
  return new GaitError(code, `Cannot decide, the policy changed: ${messageOf(error)}`, {
    hint: `Repair "${path}"; it is read again at once`,
    cause: error,
  });
}
