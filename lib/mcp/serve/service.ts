import type { Effects } from "../../effects/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { cleanPath } from "../../formats/path.ts";
import { exitOfVerdict } from "../../gate/decision_outcome.ts";
import type { LiveGate } from "../../gate/live_gate.ts";
import { loadEnvelope } from "../../gate/load.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { adapterOf } from "../adapters/table.ts";
import { answerOf } from "../answer.ts";
import { decidedCall } from "../decided_call.ts";
import { checkEvidencePaths, type EvidencePaths, writeEvidence } from "../evidence.ts";
import { jobStop } from "../job_stop.ts";
import { prepareCall, type PreparedCall } from "../prepare_call.ts";
import { normalizeRunId, runIdOf } from "../run_id.ts";
import { fileTime, traceName, type UniqueClock, uniqueClock } from "../trace_name.ts";
import { checkClientPaths, confined } from "./client_paths.ts";
import { keyedQueue } from "./keyed_queue.ts";
import { type JournalPlan, makeJournals, planJournal } from "./journal.ts";
import type { EvaluateRequest } from "./request.ts";
import { retain } from "./retention.ts";
import type { ServeOptions } from "./settings.ts";
import { changesState } from "./state_changing.ts";

/** The answer about a decision, with its HTTP status. */
export interface ServedAnswer {
  readonly status: number;
  readonly json: JsonObject;
}

/** Effects for serving. */
export type ServiceEffects = Pick<Effects, "files" | "env" | "now" | "random" | "os" | "arch">;

/** Decides the calls of requests. */
export interface Service {
  /**
   * @throws {GaitError} when the call can't be decided or its evidence can't be written: the client must then not
   * execute it
   */
  evaluate(request: EvaluateRequest): Promise<ServedAnswer>;
}

/** Decide calls with a gate that is loaded once (docs/spec/mcp.md 6.2 to 6.6). */
export function serveCalls(
  live: LiveGate,
  settings: ServeOptions,
  effects: ServiceEffects,
  version: string,
): Service {
  const { files } = effects;
  const { folders } = settings;
  const clock = uniqueClock(effects.now);
  const journals = makeJournals(effects, version);
  const queue = keyedQueue();
  const checkStop = jobStop(settings.jobRoot, effects);
  const readEnvelope = async (path: string) => {
    await confined(path, [".", ...Object.values(folders)], files);
    return await loadEnvelope(path, files);
  };

  async function evaluate(request: EvaluateRequest): Promise<ServedAnswer> {
    await checkClientPaths(request, settings, files);
    if (request.emitPack && folders.pack === undefined) {
      throw invalidInput("Cannot emit a pack: this server was started without a folder for packs", {
        hint: "Start it with --pack-dir <folder>",
      });
    }
    const adapter = request.adapter === "" ? settings.adapter : adapterOf(request.adapter);
    const prepared = await prepareCall(request.call, {
      adapter,
      profile: live.gate.profile,
      envelope: settings.envelope,
      readEnvelope: settings.allowClientPaths ? readEnvelope : undefined,
      checkStop,
    }, effects);
    const runId = runIdOf(request.runId, prepared.call.context.runId, prepared.rawIntent);
    const paths = evidencePaths(request, settings, prepared, runId, clock);
    await checkEvidencePaths(paths, files);
    const sessionId = request.sessionId || prepared.intent.context.sessionId;
    const decideAndProve = async (journal?: JournalPlan) => {
      const started = effects.now();
      const decision = await live.decide(() => Promise.resolve(prepared.gateCall));
      const decided = decidedCall(prepared, decision, {
        runId: request.runId,
        latency: effects.now() - started,
      });
      const evidence = await writeEvidence(decided, paths, {
        key: live.gate.key,
        os: effects.os,
        arch: effects.arch,
        producer: version,
      }, files);
      const journaled = journal
        ? await journals.record(journal, decided, paths.trace, {
          interval: request.checkpointInterval,
          folder: folders.runpack,
        })
        : [];
      const removed = await queue("retention", () => retain(settings, files, effects.now()));
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
    // Calls of one session run one at a time, so that the plan of its journal is still valid when the journal is
    // written.
    return await queue(`session ${request.paths.journal ?? sessionId}`, async () => {
      const options = { sessionId, runId, folder: folders.session, chosen: request.paths.journal };
      return await decideAndProve(await planJournal(options, effects));
    });
  }

  return { evaluate };
}

/** The paths of the evidence of a call: those that the client chose, else unique names. */
function evidencePaths(
  { runId: asked, paths, emitRunpack, emitPack }: EvaluateRequest,
  { folders, log, otel }: ServeOptions,
  { intent }: PreparedCall,
  runId: string,
  clock: UniqueClock,
): EvidencePaths {
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
  return {
    trace: paths.trace ?? own(folders.trace, traceName(named, time)),
    runpack: paths.runpack ?? runpack,
    pack: paths.pack ?? pack,
    log,
    otel,
  };
}

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
