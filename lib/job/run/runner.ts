import type { Files } from "../../effects/mod.ts";
import { GaitError, ifReadable, invalidInput } from "../../errors/mod.ts";
import { prettyJson, readJsonObject } from "../../formats/json/mod.ts";
import { joinPath } from "../../formats/path.ts";
import { RECORD_VERSION } from "../../schema/runpack_layout.ts";

/** The process that runs the command of a job, recorded in `runner.json` of the job folder (docs/spec/job.md 11). */
export interface Runner {
  readonly attempt: number;
  /** Process group of the command; 0 before the start. */
  readonly pid: number;
  readonly started_at: string;
  readonly heartbeat_at: string;
  /** Empty while the command runs. */
  readonly ended_at: string;
}

/** A runner with its state: `lost` when it died without recording its end. */
export interface RunnerReport extends Runner {
  readonly state: "running" | "lost" | "ended";
}

const RUNNER_FILE = "runner.json";
const SCHEMA_ID = "gait.job.runner";

/** Other members are refused: one could be a look-alike of these that names another process to stop. */
const MEMBERS: ReadonlySet<string> = new Set([
  ...["schema_id", "schema_version", "attempt", "pid", "started_at", "heartbeat_at", "ended_at"],
]);

/** Write the record; heartbeats are written without syncing. */
export async function writeRunner(
  folder: string,
  runner: Runner,
  files: Files,
  options: { readonly sync?: boolean } = {},
): Promise<void> {
  const content = prettyJson({ schema_id: SCHEMA_ID, schema_version: RECORD_VERSION, ...runner });
  await files.writeAtomic(joinPath(folder, RUNNER_FILE), content, { anywhere: true, ...options });
}

/**
 * Read the record; `undefined` when the job was never run.
 *
 * @throws {GaitError} `invalid_input` when it can't be read: without the number of the last attempt, an attempt that
 * still runs can't be found
 */
export async function readRunner(folder: string, files: Files): Promise<Runner | undefined> {
  const path = joinPath(folder, RUNNER_FILE);
  if (await files.stat(path) === undefined) return undefined;
  const found = await ifReadable(async () =>
    readJsonObject(await files.read(path), { what: path, duplicates: "refuse" })
  );
  const isOurs = found !== undefined && Object.keys(found).every((name) => MEMBERS.has(name)) &&
    (found.schema_id ?? SCHEMA_ID) === SCHEMA_ID &&
    (found.schema_version ?? RECORD_VERSION) === RECORD_VERSION;
  const number = (name: string) => Number.isSafeInteger(found?.[name]) ? Number(found![name]) : -1;
  const text = (name: string) => typeof found?.[name] === "string" ? String(found[name]) : "";
  // To signal group 1 means every process, and no command is process 1.
  if (!isOurs || number("attempt") < 1 || number("pid") < 0 || number("pid") === 1) {
    throw invalidInput(`Cannot read "${path}": it is not a valid runner record`, {
      detail: "runner_invalid",
      hint: "Make sure that no process of the job is running, then remove the file",
    });
  }
  return {
    attempt: number("attempt"),
    pid: number("pid"),
    started_at: text("started_at"),
    heartbeat_at: text("heartbeat_at"),
    ended_at: text("ended_at"),
  };
}

/** Run a step as the only runner of a job. */
export async function withRunnerLock<T>(
  folder: string,
  files: Files,
  wait: number,
  step: () => Promise<T>,
): Promise<T> {
  let acquired = false;
  try {
    return await files.withLock(joinPath(folder, "run"), { wait, retry: 20, isLeftOver: () => false }, () => {
      acquired = true;
      return step();
    });
  } catch (error) {
    if (acquired || !(error instanceof GaitError) || error.code !== "state_contention") throw error;
    throw invalidInput(`Cannot run job: another process is already running it`, {
      detail: "already_running",
      hint: "See its runner with: gait job status --id <id>",
      cause: error,
    });
  }
}

/** Report the runner of a job. The system releases the lock of a dead runner, so a free lock means that it is lost. */
export async function reportRunner(folder: string, files: Files): Promise<RunnerReport | undefined> {
  const runner = await readRunner(folder, files);
  if (runner === undefined) return undefined;
  if (runner.ended_at !== "") return { ...runner, state: "ended" };
  const isFree = await withRunnerLock(folder, files, 0, () => Promise.resolve(true)).catch(() => false);
  return { ...runner, state: isFree ? "lost" : "running" };
}
