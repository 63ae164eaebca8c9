import type { Files } from "../../effects/types.ts";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { isKnownTime } from "../../formats/time.ts";
import { readRunpack, type Runpack } from "../../runpack/read.ts";
import { verdictOfResult } from "../../regress/trajectory.ts";
import { fileList } from "../file_list.ts";

/** Names of runpacks. */
export const RUN_NAME = /^runpack_.*\.zip$/is;

/** Most runpacks that are listed. */
const MAX_RUNS = 1_000;

/** Larger runpacks are listed without being read: 32 MiB. */
const MAX_BYTES = 1 << 25;

/** How many whole runs are kept in memory. */
const MAX_KEPT = 8;

/** What the list shows of a run. */
export interface RunSummary {
  readonly path: string;
  readonly runId: string;
  readonly time: string;
  readonly calls: number;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly captureMode: string;
  readonly signed: boolean;
  /** Why the file is no intact runpack. */
  readonly error?: string;
  /** Where calls are recorded: `tool`, line feed, digest of the arguments → status. */
  readonly executions: ReadonlyMap<string, { readonly call: number; readonly status: string }>;
}

/** The runpacks of some folders. Files are read again only when they changed. */
export interface KnownRuns {
  all(): Promise<readonly RunSummary[]>;
  /**
   * The whole run.
   *
   * @throws {GaitError} `invalid_input` for a path that is not listed, or for a damaged runpack
   */
  read(path: string): Promise<Runpack>;
  /** Runs that recorded a call with these arguments. */
  executionsOf(tool: string, argsDigest: string): Promise<JsonObject[]>;
  /** Files came or went. */
  forget(): void;
}

export function knownRuns(folders: readonly string[], files: Files): KnownRuns {
  const summaries = new Map<string, { readonly version: string; readonly summary: RunSummary }>();
  const kept = new Map<string, { readonly version: string; readonly pack: Runpack }>();

  const list = fileList(folders, RUN_NAME, files, MAX_RUNS);

  const all = async (): Promise<readonly RunSummary[]> => {
    const found: RunSummary[] = [];
    const paths = await list.paths();
    const present = new Set(paths);
    for (const path of summaries.keys()) if (!present.has(path)) summaries.delete(path);
    for (const path of paths) {
      const info = await files.stat(path);
      if (info?.kind !== "file") continue;
      const held = summaries.get(path);
      const summary = held?.version === info.version
        ? held.summary
        : info.size > MAX_BYTES
        ? damaged(path, "it is too large to be read here")
        : await summarise(path, files);
      summaries.set(path, { version: info.version, summary });
      found.push(summary);
    }
    return found.sort((a, b) => a.time < b.time ? 1 : a.time > b.time ? -1 : a.path < b.path ? -1 : 1);
  };

  return {
    all,
    async read(path) {
      if (!(await list.paths()).includes(path)) {
        throw invalidInput("There is no such runpack in the folders of this page");
      }
      const version = (await files.stat(path))?.version ?? "";
      const held = kept.get(path);
      if (held?.version === version) return held.pack;
      const pack = await readRunpack(await files.read(path, MAX_BYTES));
      kept.delete(path);
      kept.set(path, { version, pack });
      for (const oldest of kept.keys()) {
        if (kept.size <= MAX_KEPT) break;
        kept.delete(oldest);
      }
      return pack;
    },
    async executionsOf(tool, argsDigest) {
      if (argsDigest === "") return [];
      const found: JsonObject[] = [];
      for (const { path, runId, executions } of await all()) {
        const execution = executions.get(`${tool}\n${argsDigest}`);
        if (execution) found.push({ path, run_id: runId, ...execution });
        if (found.length === 20) break;
      }
      return found;
    },
    forget: list.forget,
  };
}

async function summarise(path: string, files: Files): Promise<RunSummary> {
  try {
    const pack = await readRunpack(await files.read(path, MAX_BYTES));
    const results = new Map(pack.results.map((result) => [result.intent_id, result]));
    const verdicts: Record<string, number> = {};
    const executions = new Map<string, { call: number; status: string }>();
    pack.intents.forEach((intent, i) => {
      const result = results.get(intent.intent_id);
      const verdict = result ? verdictOfResult(result) : "missing";
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
      executions.set(`${intent.tool_name}\n${intent.args_digest}`, {
        call: i + 1,
        status: result?.status ?? "missing",
      });
    });
    return {
      path,
      runId: pack.run.run_id,
      time: isKnownTime(pack.run.created_at) ? pack.run.created_at : "",
      calls: pack.intents.length,
      verdicts,
      captureMode: pack.manifest.capture_mode,
      signed: pack.manifest.signatures.length > 0,
      executions,
    };
  } catch (error) {
    if (error instanceof GaitError) return damaged(path, error.message);
    throw error;
  }
}

function damaged(path: string, error: string): RunSummary {
  return {
    ...{ path, runId: "", time: "", calls: 0, verdicts: {}, captureMode: "", signed: false, error },
    executions: new Map(),
  };
}
