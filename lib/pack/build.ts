import { invalidInput, invalidOption } from "../errors/mod.ts";
import { cleanPath, folderOf, foreignPathFault, insideWorkingFolder, joinPath } from "../formats/path.ts";
import type { JobEffects } from "../job/context.ts";
import type { HostContext } from "../job/fingerprint.ts";
import { JOB_ROOT } from "../job/folder.ts";
import { equalHex, type PrivateKey } from "../signing/mod.ts";
import { OUTPUT_FOLDER } from "../runpack/locate.ts";
import { MAX_TOKEN_BYTES } from "../tokens/given_token.ts";
import type { PackType } from "../schema/pack_layout.ts";
import type { SealedPack, SealOptions } from "./seal.ts";

/** What is packed, and how. */
export interface BuildOptions extends SealOptions {
  /** What the source is; a run unless given. */
  readonly type?: PackType;
  /** Where jobs are looked for; {@linkcode JOB_ROOT} by default. */
  readonly jobRoot?: string;
  /** Files of the say-tokens of a call, which go into its pack. */
  readonly sayTokens?: readonly string[];
}

/** The effects that building a pack needs. */
export interface BuildPackEffects extends JobEffects, HostContext {
  readonly home: string | undefined;
}

/** A pack, and where it belongs when nobody says otherwise. */
export interface BuiltPack {
  readonly pack: SealedPack;
  /** A file beside its source, named by its id. */
  readonly path: string;
  /** What was omitted, and warnings. */
  readonly notes: readonly string[];
}

/** A pack, and the folder where it belongs. */
interface Built {
  readonly pack: SealedPack;
  readonly folder: string;
  readonly notes?: readonly string[];
}

/**
 * Build a pack from a source (docs/spec/pack.md section 3).
 *
 * @param source id or path, trimmed
 * @param version of this program
 * @throws {GaitError} `invalid_input` when the source is missing, damaged or of another kind, or what was built would
 * not verify; `verification_failed` when the source is ambiguous
 */
export async function buildPack(
  source: string,
  { type = "run", jobRoot = JOB_ROOT, key, sayTokens = [] }: BuildOptions,
  effects: BuildPackEffects,
  version: string,
): Promise<BuiltPack> {
  if (type !== "call" && sayTokens.length > 0) {
    throw invalidOption((name) => `Cannot use ${name("sayTokens")} for a pack of the type ${type}`);
  }
  const request: Request = { source, jobRoot, version, key, sayTokens };
  const { pack, folder, notes = [] } = await BUILDERS[type](request, effects);
  const { proveItVerifies } = await import("./prove.ts");
  return { pack: await proveItVerifies(pack), path: `${folder}/pack_${pack.packId}.zip`, notes };
}

/** What is asked of a builder. */
interface Request {
  readonly source: string;
  readonly jobRoot: string;
  readonly version: string;
  readonly key: PrivateKey | undefined;
  readonly sayTokens: readonly string[];
}

type Builder = (request: Request, effects: BuildPackEffects) => Promise<Built>;

const BUILDERS: Readonly<Record<PackType, Builder>> = {
  run: buildRun,
  job: buildJob,
  call: buildCall,
  authorization: buildAuthorization,
};

async function buildRun(
  { source, version, key }: Request,
  effects: BuildPackEffects,
): Promise<Built> {
  const { buildRunPack, locateRunSource } = await import("./build_run.ts");
  const { path, manifestDigest, earlier } = await locateRunSource(source, effects);
  const { pack, payload } = await buildRunPack(await effects.files.read(path), version, key);
  if (manifestDigest !== undefined && !equalHex(manifestDigest, payload.manifest_digest)) {
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
  { source, jobRoot, version, key }: Request,
  effects: BuildPackEffects,
): Promise<Built> {
  const [{ locateJob }, { readJobRecord }, { buildJobPack }] = await Promise.all([
    import("../job/folder.ts"),
    import("./job_record.ts"),
    import("./build_job.ts"),
  ]);
  const folder = await locateJob(source, jobRoot, effects.files);
  const job = await readJobRecord(folder, effects, version);
  return { pack: await buildJobPack(job, version, key), folder: OUTPUT_FOLDER, notes: job.notes };
}

async function buildCall(
  { source, version, key, sayTokens }: Request,
  { files }: BuildPackEffects,
): Promise<Built> {
  const [{ readCallRecord }, { buildCallPack }] = await Promise.all([
    import("../voice/call/record.ts"),
    import("./build_call.ts"),
  ]);
  const folder = folderOf(cleanPath(source));
  const record = readCallRecord(await files.read(source), `call record "${source}"`);
  const fault = foreignPathFault(record.runpackPath);
  if (fault !== undefined) throw invalidInput(`Cannot use runpack_path "${record.runpackPath}": ${fault}`);
  const runpack = await files.read(joinPath(folder, record.runpackPath));
  const tokens: Uint8Array<ArrayBuffer>[] = [];
  for (const path of sayTokens) tokens.push(await files.read(path, MAX_TOKEN_BYTES));
  return {
    pack: await buildCallPack(record, runpack, version, key, tokens),
    folder,
    notes: record.notes,
  };
}

async function buildAuthorization(
  { source, version, key }: Request,
  effects: BuildPackEffects,
): Promise<Built> {
  const { buildAuthorizationPack } = await import("./authorization.ts");
  const path = insideWorkingFolder(source);
  const folder = folderOf(path);
  const read = (linked: string) => effects.files.read(joinPath(folder, linked));
  return {
    pack: await buildAuthorizationPack(await effects.files.read(path), read, version, key),
    folder,
  };
}
