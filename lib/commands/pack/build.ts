import type { Effects } from "../../effects/mod.ts";
import { JOB_ROOT } from "../../job/folder.ts";
import { invalidInput } from "../../errors/mod.ts";
import { buildPack, type BuiltPack } from "../../pack/build.ts";
import { locateRunpack, OUTPUT_FOLDER } from "../../runpack/locate.ts";
import type { PackType } from "../../schema/pack_layout.ts";
import { runpackIn } from "../read_runpack_file.ts";
import { folderOf, outputPath } from "../../formats/path.ts";
import {
  formatPublicKey,
  loadSigningKey,
  namesPrivateKey,
  type PrivateKey,
  type SigningKey,
} from "../../signing/mod.ts";
import { bool, choice, defineCommand, type FlagValues, path, paths, text, trimmed } from "../define.ts";
import { keepInputs, noteReads } from "../inputs.ts";
import { signingKeyFlags } from "../key_flags.ts";
import { compact, success } from "../outcome.ts";
import { archiveRules, forceFlag } from "../output_flags.ts";
import { dim, good, line, nextLines, warningLines } from "../text.ts";
import { onePath, packFields, typeFlag } from "./flags.ts";
import { pathArgument } from "../../formats/shell.ts";

const KEY_MODES = ["none", "dev", "prod"] as const;

/** `gait pack build` (docs/spec/pack.md section 3). */
export default defineCommand({
  explain:
    "Packs a run, a job, a call or an authorization with all its evidence into one file that verifies anywhere, offline.",
  positionals: [{ name: "[source]", path: "run" }],
  flags: {
    type: typeFlag("run"),
    from: path(
      "source",
      "run id, runpack, session chain, job id, job folder, call record or bundle; the same as the argument",
    ),
    out: path("file", "where the pack goes (default: next to the source)"),
    "from-traces": paths(
      "paths",
      "pack what a gate decided: folders and files of traces, tokens, audits and results (gait.gate.result), " +
        "separated by commas; with a source, the run whose calls they decide",
    ),
    policy: paths(
      "files",
      "with --from-traces: the policy that decided, and others if it changed, separated by commas",
    ),
    "without-policy": bool("with --from-traces: name the policy by its digest, and leave it out"),
    session: text("id", "with --from-traces: the calls of this session alone"),
    "say-token": paths(
      "files",
      "of a call: its say-tokens, which are packed and compared with what was said, separated by commas",
    ),
    "job-root": path("folder", "folder of the jobs", { default: JOB_ROOT }),
    "key-mode": choice(
      "mode",
      "prod signs with the given key, dev with a fresh one that nobody can trust",
      KEY_MODES,
      { default: "none", blank: "none" },
    ),
    "private-key": signingKeyFlags["private-key"],
    "private-key-env": signingKeyFlags["private-key-env"],
    ...forceFlag,
  },
  needs: { read: true, write: true, env: true },
  flagOf: { policies: "policy", sayTokens: "say-token" },
  errorFields: packFields("build"),
  examples: [
    "gait pack build --from run_demo",
    "gait pack build --type job --from job_1 --private-key gait-out/keys/gait_private.key",
    "gait pack build --from-traces gait-out/traces,approvals --policy policy.yaml --session deploy-7",
  ],
  async run({ positionals, flags, effects: given, version }) {
    const { effects, read } = noteReads(given);
    const gated = flags["from-traces"].length > 0;
    const source = gated && flags.from === undefined && positionals.length === 0
      ? undefined
      : onePath(flags.from, positionals, "a source, --from <source> or --from-traces <folder>");
    const signing = await signingKey(flags, flags["key-mode"], effects);
    const { pack, path: usual, notes } = gated
      ? await buildGated(source, flags, signing?.key, effects, version)
      : await buildPack(
        refuseGatedFlags(flags, source!),
        { type: flags.type, jobRoot: flags["job-root"], key: signing?.key, sayTokens: flags["say-token"] },
        effects,
        version,
      );
    const path = outputPath(flags.out ?? usual);
    await keepInputs(effects.files, path, read);
    await effects.files.makeFolder(folderOf(path));
    const { keptAs } = await effects.files.writeOutput(path, pack.bytes, archiveRules(flags.force));
    const warnings = signing?.warnings ?? [];
    // A fresh key is not stored, so without this its signature could never be verified.
    const publicKey = signing?.fresh ? formatPublicKey(signing.key.public).trim() : undefined;
    return success({
      ...packFields("build"),
      path,
      pack_id: pack.packId,
      pack_type: pack.packType,
      source_ref: pack.sourceRef,
      ...compact({
        key_id: signing?.key.public.id,
        public_key: publicKey,
        older_kept_as: keptAs,
        warnings,
        notes,
      }),
    }, [
      line(good("pack build ok"), `: ${path} type=${pack.packType}`),
      line(dim("  pack      "), pack.packId),
      line(dim("  of        "), pack.sourceRef),
      ...(publicKey === undefined ? [] : [line(dim("  public key "), publicKey)]),
      ...(keptAs === undefined ? [] : [line(dim("  older as  "), keptAs)]),
      ...warningLines([...warnings, ...notes]),
      ...nextLines([`gait pack verify ${pathArgument(path)}`]),
    ]);
  },
});

interface GatedFlags {
  readonly type: PackType;
  readonly "from-traces": readonly string[];
  readonly policy: readonly string[];
  readonly "without-policy": boolean;
  readonly session?: string | undefined;
  readonly "say-token": readonly string[];
}

/** A pack of the decisions of a gate. */
async function buildGated(
  source: string | undefined,
  flags: GatedFlags,
  key: PrivateKey | undefined,
  effects: Effects,
  version: string,
): Promise<BuiltPack> {
  if (flags["say-token"].length > 0) throw invalidInput("Cannot use --say-token with traces");
  if (flags.type !== "run") throw invalidInput(`Cannot pack traces as "${flags.type}": they are about a run`);
  if (flags.policy.length === 0) {
    throw invalidInput("Missing option --policy: give the policy that decided", {
      hint: "With --without-policy only its digest goes into the pack",
    });
  }
  const { buildAuthorizedRun } = await import("../../pack/authorized/build.ts");
  const path = source === undefined ? undefined : await locateRunpack(source, effects);
  const runpack = path === undefined ? undefined : await runpackIn(path, await effects.files.read(path));
  const { pack, notes } = await buildAuthorizedRun(
    {
      traces: flags["from-traces"],
      policies: flags.policy,
      session: flags.session,
      withoutPolicy: flags["without-policy"],
      ...(runpack ? { runpack } : {}),
      key,
    },
    effects,
    version,
  );
  return { pack, path: `${OUTPUT_FOLDER}/pack_${pack.packId}.zip`, notes };
}

/** What is about traces must not be passed over. */
function refuseGatedFlags(flags: GatedFlags, source: string): string {
  const given = [
    ...(flags.policy.length > 0 ? ["--policy"] : []),
    ...(flags["without-policy"] ? ["--without-policy"] : []),
    ...(flags.session === undefined ? [] : ["--session"]),
  ];
  if (given.length === 0) return source;
  throw invalidInput(`Cannot use ${given.join(", ")} without traces`, {
    hint: "Give --from-traces <folder>",
  });
}

/** The signing key, if any; `none` with a given key means `prod` (docs/spec/pack.md section 3). */
async function signingKey(
  flags: FlagValues<Pick<typeof signingKeyFlags, "private-key" | "private-key-env">>,
  mode: typeof KEY_MODES[number],
  effects: Effects,
): Promise<SigningKey & { readonly fresh: boolean } | undefined> {
  const named = {
    privateKey: trimmed(flags["private-key"]),
    privateKeyEnv: trimmed(flags["private-key-env"]),
  };
  if (mode === "none" && !namesPrivateKey(named)) return undefined;
  const keyMode = mode === "dev" ? "dev" : "prod";
  return { ...await loadSigningKey({ ...named, keyMode }, effects), fresh: mode === "dev" };
}
