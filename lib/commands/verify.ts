import { locateRunpack } from "../evidence/runpack/locate.ts";
import { verifyRunpack } from "../evidence/runpack/verify.ts";
import { EXIT } from "../errors/mod.ts";
import { loadTrustedKeys } from "../signing/mod.ts";
import { bool, defineCommand } from "./define.ts";
import { keySources, verifyKeyFlags } from "./key_flags.ts";
import { verdict } from "./outcome.ts";
import { describeReport, encodeReport } from "./runpack_report.ts";
import { demandsSignature, profileFlag } from "./verify_profile.ts";

/** `gait verify` (spec/core.md 6.1). */
export default defineCommand({
  explain:
    "Recomputes every digest of a runpack and checks its signature, offline; a changed byte makes it fail.",
  positionals: ["<run_id|path>"],
  flags: {
    profile: profileFlag,
    "require-signature": bool("fail unless a trusted key signed it"),
    ...verifyKeyFlags,
  },
  needs: { read: true, env: true },
  examples: [
    "gait verify run_demo",
    "gait verify ./runpack.zip --profile strict --public-key team_public.key",
  ],
  async run({ positionals, flags, world }) {
    const trusted = await loadTrustedKeys(keySources(flags), world);
    const requireSignature = demandsSignature(flags.profile, flags["require-signature"], trusted);
    const path = await locateRunpack(positionals[0]!, world);
    const report = await verifyRunpack(await world.files.read(path), { trusted, requireSignature });
    return verdict(
      report.ok,
      EXIT.verificationFailed,
      encodeReport(path, report),
      describeReport(path, report),
    );
  },
});
