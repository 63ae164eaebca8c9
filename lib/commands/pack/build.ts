import type { Effects } from "../../effects/mod.ts";
import { JOB_ROOT } from "../../job/folder.ts";
import { buildPack } from "../../pack/build.ts";
import { folderOf, outputPath } from "../../formats/path.ts";
import { formatPublicKey, loadSigningKey, namesPrivateKey, type SigningKey } from "../../signing/mod.ts";
import { choice, defineCommand, type FlagValues, path, trimmed } from "../define.ts";
import { keepInputs, noteReads } from "../inputs.ts";
import { signingKeyFlags } from "../key_flags.ts";
import { compact, success } from "../outcome.ts";
import { forceFlag } from "../output_flags.ts";
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
  errorFields: packFields("build"),
  examples: [
    "gait pack build --from run_demo",
    "gait pack build --type job --from job_1 --private-key gait-out/keys/gait_private.key",
  ],
  async run({ positionals, flags, effects: given, version }) {
    const { effects, read } = noteReads(given);
    const source = onePath(flags.from, positionals, "a source, or --from <source>");
    const signing = await signingKey(flags, flags["key-mode"], effects);
    const { pack, path: usual, notes } = await buildPack(
      source,
      { type: flags.type, jobRoot: flags["job-root"], key: signing?.key },
      effects,
      version,
    );
    const path = outputPath(flags.out ?? usual);
    await keepInputs(effects.files, path, read);
    await effects.files.makeFolder(folderOf(path));
    await effects.files.writeOutput(path, pack.bytes, { force: flags.force });
    const warnings = signing?.warnings ?? [];
    // A fresh key is not stored, so without this its signature could never be verified.
    const publicKey = signing?.fresh ? formatPublicKey(signing.key.public).trim() : undefined;
    return success({
      ...packFields("build"),
      path,
      pack_id: pack.packId,
      pack_type: pack.packType,
      source_ref: pack.sourceRef,
      ...compact({ key_id: signing?.key.public.id, public_key: publicKey, warnings, notes }),
    }, [
      line(good("pack build ok"), `: ${path} type=${pack.packType}`),
      line(dim("  pack      "), pack.packId),
      line(dim("  of        "), pack.sourceRef),
      ...(publicKey === undefined ? [] : [line(dim("  public key "), publicKey)]),
      ...warningLines([...warnings, ...notes]),
      ...nextLines([`gait pack verify ${pathArgument(path)}`]),
    ]);
  },
});

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
