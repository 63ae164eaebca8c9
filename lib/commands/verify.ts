import { locateRunpack } from "../runpack/locate.ts";
import { demandsOf, verifyRunpack } from "../runpack/verify.ts";
import { EXIT, GaitError } from "../errors/mod.ts";
import type { Effects } from "../effects/mod.ts";
import { loadTrustedKeys } from "../signing/mod.ts";
import { bool, defineCommand } from "./define.ts";
import { keySources, verifyKeyFlags } from "./key_flags.ts";
import { type Outcome, verdict } from "./outcome.ts";
import { describeReport, encodeReport } from "./runpack_report.ts";
import type { VerifyPackOptions } from "../pack/report.ts";
import { profileFlag } from "./verify_profile.ts";

/** `gait verify` (docs/spec/core.md 6.1). */
export default defineCommand({
  explain:
    "Recomputes every digest of runpacks and packs and checks their signatures, offline; a changed byte makes it fail.",
  positionals: [{ name: "<run_id|path...>", path: "run" }],
  flags: {
    profile: profileFlag,
    "require-signature": bool("fail unless a trusted key signed it"),
    ...verifyKeyFlags,
  },
  needs: { read: true, env: true },
  examples: [
    "gait verify run_demo",
    "gait verify ./runpack.zip --profile strict --public-key team_public.key",
    "gait verify run_monday run_tuesday ./pack.zip",
  ],
  async run({ positionals, flags, effects }) {
    const trusted = await loadTrustedKeys(keySources(flags), effects);
    const demands = demandsOf(flags.profile, flags["require-signature"], trusted);
    if (positionals.length === 1) return await verifyOne(positionals[0]!, demands, effects);
    const { verifyEach } = await import("./each_target.ts");
    return await verifyEach("verify", positionals, (target) => verifyOne(target, demands, effects));
  },
});

/** Verify a runpack or a pack, whichever the file is. */
async function verifyOne(target: string, demands: VerifyPackOptions, effects: Effects): Promise<Outcome> {
  const path = await locateRunpack(target, effects);
  const bytes = await effects.files.read(path);
  try {
    const report = await verifyRunpack(bytes, demands);
    return verdict(
      report.ok,
      EXIT.verificationFailed,
      encodeReport(path, report),
      await describeReport(path, report),
    );
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
    const { verifyPackFile } = await import("./verify_pack_file.ts");
    const outcome = await verifyPackFile(path, bytes, demands);
    if (outcome) return outcome;
    throw error;
  }
}
