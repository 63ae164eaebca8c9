import type { Effects } from "../../effects/mod.ts";
import { buildPack } from "../../pack/build.ts";
import { verifyPack } from "../../pack/verify.ts";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import { folderOf, outputPath } from "../../formats/path.ts";
import { formatPublicKey, loadSigningKey, namesPrivateKey, type SigningKey } from "../../signing/mod.ts";
import { blankText, defineCommand, type FlagValues, trimmed } from "../define.ts";
import { keepInputs, noteReads } from "../inputs.ts";
import { signingKeyFlags } from "../key_flags.ts";
import { compact, success } from "../outcome.ts";
import { forceFlag } from "../output_flags.ts";
import { dim, good, line, nextLines, warningLines } from "../text.ts";
import { onePath, packFields } from "./flags.ts";
import { pathArgument } from "../../formats/shell.ts";

/** `gait pack build` (docs/spec/pack.md section 3). */
export default defineCommand({
  explain:
    "Packs a run, a job, a call or an authorization with all its evidence into one file that verifies anywhere, offline.",
  positionals: ["[source]"],
  flags: {
    type: blankText("type", "what the source is", {
      default: "run",
      choices: ["run", "job", "call", "authorization"],
    }),
    from: blankText(
      "source",
      "run id, runpack, session chain, job id, job folder, call record or bundle; the same as the argument",
    ),
    out: blankText("file", "where to write; beside the source when absent"),
    "job-root": blankText("folder", "where jobs are looked for", { default: "./gait-out/jobs" }),
    "key-mode": blankText(
      "mode",
      "prod signs with the given key, dev with a fresh one that nobody can trust",
      {
        default: "none",
        choices: ["none", "dev", "prod"],
      },
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
    const request = { type: flags.type, source, jobRoot: flags["job-root"], producerVersion: version };
    const { pack, folder, notes = [] } = await buildPack(request, {
      ...effects,
      runtime: `gait${version}`,
    }, signing?.key);
    await proveItVerifies(pack.bytes);
    const path = outputPath(flags.out.trim() === "" ? `${folder}/pack_${pack.packId}.zip` : flags.out);
    await keepInputs(effects.files, path, read);
    await effects.files.makeFolder(folderOf(path));
    await effects.files.writeOutput(path, pack.bytes, { force: flags.force });
    const warnings = signing?.warnings ?? [];
    // Nobody else knows a fresh key, so without this nothing could ever check its signature.
    const publicKey = signing?.fresh ? formatPublicKey(signing.key.public).trim() : "";
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
      ...(publicKey === "" ? [] : [line(dim("  public key "), publicKey)]),
      ...warningLines([...warnings, ...notes]),
      ...nextLines([`gait pack verify ${pathArgument(path)}`]),
    ]);
  },
});

/**
 * What is built must verify wherever it is opened: sizes, counts and names have limits there that the source need not
 * keep to.
 *
 * @throws {GaitError} `invalid_input`; then nothing was written
 */
async function proveItVerifies(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const report = await verifyPack(bytes).catch((error) => {
    if (!(error instanceof GaitError)) throw error;
    throw invalidInput(`Cannot build a pack that verifies: ${error.message}`, { cause: error });
  });
  const found = report.findings.find(({ severity }) => severity !== "note");
  if (!report.ok) {
    throw invalidInput(`Cannot build a pack that verifies: ${found?.message ?? "its files do not fit"}`);
  }
}

/** The key to sign with, if any; `none` with a key means `prod` (docs/spec/pack.md section 3). */
async function signingKey(
  flags: FlagValues<Pick<typeof signingKeyFlags, "private-key" | "private-key-env">>,
  given: string,
  effects: Effects,
): Promise<SigningKey & { readonly fresh: boolean } | undefined> {
  const mode = given.trim().toLowerCase() || "none";
  const named = {
    privateKey: trimmed(flags["private-key"]),
    privateKeyEnv: trimmed(flags["private-key-env"]),
  };
  if (mode === "none") {
    if (!namesPrivateKey(named)) return undefined;
  } else if (mode !== "dev" && mode !== "prod") {
    throw invalidInput(`Cannot use key mode "${given}": expected none, dev or prod`);
  }
  const keyMode = mode === "dev" ? "dev" : "prod";
  return { ...await loadSigningKey({ ...named, keyMode }, effects), fresh: mode === "dev" };
}
