import type { Environment, Files } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { cleanPath, folderOf, foreignPathFault, insideWorkingFolder, joinPath } from "../formats/path.ts";
import { equalHex, type PrivateKey } from "../signing/mod.ts";
import { OUTPUT_FOLDER } from "../runpack/locate.ts";
import type { SealedPack } from "./seal.ts";

/** What to pack. */
export interface BuildRequest {
  readonly type: string;
  /** Id or path, trimmed. */
  readonly source: string;
  readonly jobRoot: string;
  readonly producerVersion: string;
}

/** The effects that building a pack needs. */
export interface BuildPackEffects {
  readonly files: Files;
  readonly env: Environment;
  readonly home: string;
  readonly os: string;
  readonly arch: string;
  /** Tag of the runtime, for fingerprints. */
  readonly runtime: string;
}

/** A pack and the default folder to write it to. */
export interface BuiltPack {
  readonly pack: SealedPack;
  readonly folder: string;
  /** What was omitted, and warnings. */
  readonly notes?: readonly string[];
}

/**
 * Build a pack from a source (docs/spec/pack.md section 3).
 *
 * @throws {GaitError} `invalid_input` when the source is missing, damaged or of another kind, `verification_failed`
 * when it is ambiguous
 */
export async function buildPack(
  request: BuildRequest,
  effects: BuildPackEffects,
  key?: PrivateKey,
): Promise<BuiltPack> {
  switch (request.type.trim().toLowerCase()) {
    case "run":
      return await buildRun(request, effects, key);
    case "job":
      return await buildJob(request, effects, key);
    case "call":
      return await buildCall(request, effects, key);
    case "authorization":
      return await buildAuthorization(request, effects, key);
    default:
      throw invalidInput(
        `Cannot build a pack of type "${request.type}": expected run, job, call or authorization`,
      );
  }
}

async function buildRun(
  { source, producerVersion }: BuildRequest,
  effects: BuildPackEffects,
  key?: PrivateKey,
) {
  const { buildRunPack, locateRunSource } = await import("./build_run.ts");
  const { path, manifestDigest, earlier } = await locateRunSource(source, effects);
  const { pack, payload } = await buildRunPack(await effects.files.read(path), producerVersion, key);
  if (manifestDigest !== "" && !equalHex(manifestDigest, payload.manifest_digest)) {
    throw invalidInput(`Cannot use session chain: its last checkpoint is not the runpack at "${path}"`);
  }
  const notes = earlier.length === 0 ? [] : [
    `the pack holds the last checkpoint of the session alone; pack the earlier ones, too: --from ${
      earlier.join(", ")
    }`,
  ];
  return { pack, folder: folderOf(path), notes };
}

async function buildJob(
  { source, jobRoot, producerVersion }: BuildRequest,
  effects: BuildPackEffects,
  key?: PrivateKey,
) {
  const { locateJob, readJob } = await import("./job_folder.ts");
  const { buildJobPack } = await import("./build_job.ts");
  const around = {
    os: effects.os,
    arch: effects.arch,
    runtime: effects.runtime,
    shell: effects.env.get("SHELL") ?? "",
  };
  const job = await readJob(await locateJob(source, jobRoot, effects.files), effects.files, around);
  return { pack: await buildJobPack(job, producerVersion, key), folder: OUTPUT_FOLDER };
}

async function buildCall(
  { source, producerVersion }: BuildRequest,
  { files }: BuildPackEffects,
  key?: PrivateKey,
) {
  const [{ readCallRecord }, { buildCallPack }] = await Promise.all([
    import("../voice/call/record.ts"),
    import("./build_call.ts"),
  ]);
  const folder = folderOf(cleanPath(source));
  const record = readCallRecord(await files.read(source), `call record "${source}"`);
  const fault = foreignPathFault(record.runpackPath);
  if (fault !== undefined) throw invalidInput(`Cannot use runpack_path "${record.runpackPath}": ${fault}`);
  const runpack = await files.read(joinPath(folder, record.runpackPath));
  return {
    pack: await buildCallPack(record, runpack, producerVersion, key),
    folder,
    notes: record.notes,
  };
}

async function buildAuthorization(
  { source, producerVersion }: BuildRequest,
  effects: BuildPackEffects,
  key?: PrivateKey,
) {
  const { buildAuthorizationPack } = await import("./authorization.ts");
  const path = insideWorkingFolder(source);
  const folder = folderOf(path);
  const read = (linked: string) => effects.files.read(joinPath(folder, linked));
  return {
    pack: await buildAuthorizationPack(await effects.files.read(path), read, producerVersion, key),
    folder,
  };
}
