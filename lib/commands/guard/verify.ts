import { EXIT } from "../../errors/mod.ts";
import { verifyEvidencePack } from "../../guard/verify.ts";
import { demandsOf } from "../../runpack/verify.ts";
import { loadTrustedKeys, loadTrustFolder } from "../../signing/mod.ts";
import { bool, defineCommand } from "../define.ts";
import { keySources, verifyKeyFlags } from "../key_flags.ts";
import { verdict } from "../outcome.ts";
import { onePath, pathFlag } from "../pack/flags.ts";
import { profileFlag } from "../verify_profile.ts";
import { describeEvidenceReport, encodeEvidenceReport } from "./report.ts";

/** `gait guard verify` (docs/spec/guard.md section 4). */
export default defineCommand({
  explain:
    "Verifies an evidence pack offline: every digest, its indexes and original files, and its signature.",
  positionals: [{ name: "[pack]", path: "file" }],
  flags: {
    path: pathFlag,
    profile: profileFlag,
    "require-signature": bool("fail unless it was signed by a trusted key"),
    ...verifyKeyFlags,
  },
  needs: { read: true, env: true },
  examples: [
    "gait guard verify evidence.zip",
    "gait guard verify evidence.zip --profile strict --public-key team_public.key",
  ],
  async run({ positionals, flags, effects }) {
    const path = onePath(flags.path, positionals, "the path of an evidence pack");
    const trusted = await loadTrustedKeys(keySources(flags), effects);
    const { requireSignature, strict } = demandsOf(flags.profile, flags["require-signature"], trusted);
    const originalKeys = await loadTrustFolder(effects.files);
    const bytes = await effects.files.read(path);
    const report = await verifyEvidencePack(bytes, { trusted, requireSignature, strict, originalKeys });
    return verdict(
      report.ok,
      EXIT.verificationFailed,
      encodeEvidenceReport(path, report),
      await describeEvidenceReport(path, report),
    );
  },
});
