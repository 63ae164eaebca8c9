import { verifyPack } from "../../pack/verify.ts";
import { demandsOf } from "../../runpack/verify.ts";
import { EXIT } from "../../errors/mod.ts";
import { loadTrustedKeys } from "../../signing/mod.ts";
import { bool, defineCommand, demand, integer, path, paths } from "../define.ts";
import { keySource, keySources, verifyKeyFlags } from "../key_flags.ts";
import { compact, verdict } from "../outcome.ts";
import { warningLines } from "../text.ts";
import { profileFlag } from "../verify_profile.ts";
import { packFields, packPaths, pathFlag } from "./flags.ts";
import { grantKeys, policyDigests } from "./grant_keys.ts";
import { describePackReport, encodeIdentity, encodePackReport } from "./report.ts";

/** `gait pack verify` (docs/spec/pack.md section 4). */
export default defineCommand({
  explain:
    "Recomputes every digest of a pack and of the runpack inside, and checks its proof records and signature, offline.",
  positionals: [{ name: "[pack|folder|glob...]", path: "file" }],
  flags: {
    path: pathFlag,
    profile: profileFlag,
    "require-signature": bool("fail unless a trusted key signed it"),
    "require-proof": bool("fail unless it has proof records"),
    "require-authorization": bool("fail unless it proves what the gate decided about every call of its run"),
    policy: paths(
      "files",
      "the policies that may have decided, separated by commas; implies --require-authorization",
    ),
    "trace-public-key": keySource(
      "file",
      "public key of the gate that signed the traces, instead of the trusted keys",
    ),
    "approval-public-key": keySource(
      "file",
      "public key to verify approvals with, instead of the trusted keys",
    ),
    "approver-keys": demand(
      path("folder", "one public key per approver, <identity>.key, instead of one for all"),
    ),
    "delegation-public-key": keySource(
      "file",
      "public key to verify delegations with (default: the one for approvals)",
    ),
    jobs: integer("number", "verify many packs in one call, this many at a time", { least: 1 }),
    ...verifyKeyFlags,
  },
  needs: { read: true, env: true },
  errorFields: packFields("verify"),
  examples: [
    "gait pack verify gait-out/pack.zip",
    "gait pack verify pack.zip --profile strict --public-key team_public.key",
    "gait pack verify evidence/ --jobs 8",
  ],
  async run({ positionals, flags, effects }) {
    const trusted = await loadTrustedKeys(keySources(flags), effects);
    const demands = {
      ...demandsOf(flags.profile, flags["require-signature"], trusted),
      requireProof: flags["require-proof"],
      requireAuthorization: flags["require-authorization"],
      ...(flags.policy.length > 0 ? { policies: await policyDigests(flags.policy, effects) } : {}),
      grants: await grantKeys(flags, effects),
    };
    const given = packPaths(flags.path, positionals);
    const { isManyPacks, withoutWords } = await import("../../pack/find_packs.ts");
    const { targets, words } = await withoutWords(given, effects.files);
    const path = targets[0]!;
    if (flags.jobs !== undefined || targets.length > 1 || await isManyPacks(path, effects.files)) {
      const { verifyManyPacks } = await import("./verify_many.ts");
      return await verifyManyPacks(targets, flags.jobs, demands, effects);
    }
    const report = await verifyPack(await effects.files.read(path), demands);
    const warnings = words.map((word) => `"${word}" names no file, so nothing was verified for it`);
    return verdict(
      report.ok,
      EXIT.verificationFailed,
      {
        ...packFields("verify"),
        path,
        ...encodeIdentity(report),
        verify: encodePackReport(report),
        ...compact({ warnings }),
      },
      [...await describePackReport(path, report), ...warningLines(warnings)],
    );
  },
});
