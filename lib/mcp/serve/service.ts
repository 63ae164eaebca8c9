import type { Effects } from "../../effects/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { cleanPath } from "../../formats/path.ts";
import { exitOfVerdict } from "../../gate/decision_outcome.ts";
import type { Decision } from "../../gate/decide.ts";
import type { LiveGate } from "../../gate/live_gate.ts";
import { loadEnvelope } from "../../gate/load.ts";
import type { DecisionRecords } from "../../gate/open.ts";
import type { Verdict } from "../../schema/verdict.ts";
import type { Hasher } from "../../signing/mod.ts";
import { adapterOf } from "../adapters/table.ts";
import { answerOf } from "../answer.ts";
import { decidedCall } from "../decided_call.ts";
import { checkEvidencePaths, type EvidencePaths, type RecordedTrace, writeEvidence } from "../evidence.ts";
import { jobStop } from "../job_stop.ts";
import { prepareCall, type PreparedCall } from "../prepare_call.ts";
import { normalizeRunId, runIdOf } from "../run_id.ts";
import { fileTime, traceName, uniqueClock } from "../trace_name.ts";
import { checkClientPaths, confined } from "./client_paths.ts";
import { keyedQueue } from "../../gate/keyed_queue.ts";
import { makeJournals, type SessionJournal } from "./journal.ts";
import type { EvaluateRequest } from "./request.ts";
import { hasRetention, retain } from "./retention.ts";
import type { ServeOptions } from "./settings.ts";
import { changesState } from "./state_changing.ts";

/** The answer about a decision, with its HTTP status. */
export interface ServedAnswer {
  readonly status: number;
  readonly json: JsonObject;
}

/** Effects for serving. */
export type ServiceEffects = Pick<Effects, "files" | "env" | "now" | "after" | "random" | "os" | "arch">;

/** What decides the calls of a server, and keeps the proof. */
export interface ServingGate {
  readonly live: LiveGate;
  /** The records in the trace folder of the server. */
  readonly records: Pick<DecisionRecords, "record" | "recordAll" | "letGo">;
  /** Hashes without a trip to another thread. */
  readonly hash: Hasher;
}

/** Decides the calls of requests. */
export interface Service {
  /**
   * @param identity the identity of the caller's token; it replaces the one that the call names
   * @throws {GaitError} when the call can't be decided or its evidence can't be written: the client must then not
   * execute it
   */
  evaluate(request: EvaluateRequest, identity?: string): Promise<ServedAnswer>;
  /** Finish the journals of all sessions. */
  close(): Promise<void>;
}

/** Decide calls with a gate that is loaded once (docs/spec/mcp.md 6.2 to 6.6). */
export function serveCalls(
  { live, records, hash }: ServingGate,
  settings: ServeOptions,
  effects: ServiceEffects,
  version: string,
): Service {
  const { files } = effects;
  const { folders } = settings;
  const clock = uniqueClock(effects.now);
  const journals = makeJournals(effects, hash, version, records);
  const queue = keyedQueue();
  const retains = hasRetention(settings);
  const checkStop = jobStop(settings.jobRoot, effects);
  const readEnvelope = async (path: string) => {
    await confined(path, [".", ...Object.values(folders)], files);
    return await loadEnvelope(path, files);
  };

  async function evaluate(request: EvaluateRequest, identity?: string): Promise<ServedAnswer> {
    await checkClientPaths(request, settings, files);
    if (request.emitPack && folders.pack === undefined) {
      throw invalidInput("Cannot emit a pack: this server was started without a folder for packs", {
        hint: "Start it with --pack-dir <folder>",
      });
    }
    const adapter = request.adapter === "" ? settings.adapter : adapterOf(request.adapter);
    const prepared = await prepareCall(
      request.call,
      {
        adapter,
        profile: live.gate.profile,
        envelope: settings.envelope,
        readEnvelope: settings.allowClientPaths ? readEnvelope : undefined,
        checkStop,
        identity,
      },
      effects,
      hash,
    );
    const runId = runIdOf(request.runId, prepared.call.context.runId, prepared.rawIntent);
    const { paths, traceName } = await evidenceOf(request, prepared, runId);
    const sessionId = request.sessionId || prepared.intent.context.sessionId;
    const decideAndProve = async (journal?: SessionJournal) => {
      const started = effects.now();
      const decision = await live.decide(() => Promise.resolve(prepared.gateCall));
      const decided = decidedCall(prepared, decision, {
        runId: request.runId,
        latency: effects.now() - started,
      });
      // INVARIANT: from here on nothing is answered before trace and journal are durable, and an error is no verdict.
      const schedule = { interval: request.checkpointInterval, folder: folders.runpack };
      let journaled: readonly string[] | undefined;
      // The event stands behind all other evidence: where that is the trace alone, both are written at once.
      const record = traceName === undefined
        ? undefined
        : !journal || hasMore(paths)
        ? (decision: Decision) => recordTrace(decision, traceName)
        : async () => {
          const { trace, warnings } = await journal.recordTraced(decided, traceName, schedule);
          journaled = warnings;
          return { trace, kept: [] };
        };
      const evidence = await writeEvidence(decided, paths, {
        key: live.gate.key,
        os: effects.os,
        arch: effects.arch,
        producer: version,
        record,
      }, files);
      journaled ??= await journal?.record(decided, evidence.paths.trace, schedule) ?? [];
      const removed = retains ? await queue("retention", () => retain(settings, files, effects.now())) : [];
      const { verdict } = decision.outcome;
      const warnings = [
        // Other warnings about the setup were reported when the server started.
        ...(live.devKey ? live.warnings : []),
        ...prepared.warnings,
        ...prepared.found().warnings,
        ...decision.warnings,
        ...journaled,
        ...removed,
      ];
      return {
        status: settings.verdictStatus === "strict" ? strictStatus(verdict) : 200,
        json: {
          ...answerOf(decided, { adapter: adapter.name, evidence, warnings, sessionId: journal?.sessionId }),
          exit_code: exitOfVerdict(verdict),
        },
      };
    };
    if (sessionId === "") return await decideAndProve();
    const options = {
      sessionId,
      owner: identity,
      runId,
      folder: folders.session,
      chosen: request.paths.journal,
    };
    return await journals.use(options, decideAndProve);
  }

  /**
   * The paths of the evidence of a call, those that the client chose or else unique names. The trace has a name in the
   * trace folder, where it is recorded together with those of other calls, or it is written elsewhere alone.
   *
   * @throws {GaitError} `invalid_input` for a path that can't be written to
   */
  async function evidenceOf(
    { runId: asked, paths, emitRunpack, emitPack }: EvaluateRequest,
    { intent }: PreparedCall,
    runId: string,
  ): Promise<{ readonly paths: EvidencePaths; readonly traceName: string | undefined }> {
    const time = clock();
    const named = normalizeRunId(asked);
    const own = (folder: string, name: string) => cleanPath(`${folder}/${name}`);
    const runpack = emitRunpack && folders.runpack !== undefined
      ? own(folders.runpack, `runpack_${named}_${fileTime(time)}.zip`)
      : undefined;
    const packRun = emitPack ? named : changesState(intent) ? runId : undefined;
    const pack = packRun === undefined || folders.pack === undefined
      ? undefined
      : own(folders.pack, `pack_${packRun}_${fileTime(time)}.zip`);
    const { log, otel } = settings;
    const others = { runpack: paths.runpack ?? runpack, pack: paths.pack ?? pack, log, otel };
    if (paths.trace !== undefined) {
      const all = { trace: paths.trace, ...others };
      await checkEvidencePaths(all, files);
      return { paths: all, traceName: undefined };
    }
    await checkEvidencePaths(others, files);
    const name = traceName(named, time);
    if (name.length > MAX_NAME) {
      throw invalidInput("Cannot use run_id: it is too long for the name of a file");
    }
    return { paths: { trace: own(folders.trace, name), ...others }, traceName: name };
  }

  async function recordTrace(decision: Decision, traceName: string): Promise<RecordedTrace> {
    return { trace: cleanPath((await records.record(decision, traceName)).trace!), kept: [] };
  }

  return { evaluate, close: () => journals.close() };
}

/** Whether there is evidence beside the trace. */
function hasMore({ runpack, pack, log, otel }: EvidencePaths): boolean {
  return [runpack, pack, log, otel].some((path) => path !== undefined);
}

/** Longest name of a trace in characters; file systems take 255, and a number may follow. */
const MAX_NAME = 240;

function strictStatus(verdict: Verdict): number {
  switch (verdict) {
    case "allow":
      return 200;
    case "block":
      return 403;
    case "require_approval":
    case "dry_run":
      return 409;
  }
}
