import { EXIT, verificationFailed } from "../../errors/mod.ts";
import { verifyTrace } from "../../gate/trace/verify.ts";
import { loadTrustedKeys } from "../../signing/mod.ts";
import { defineCommand, path } from "../define.ts";
import { keySources, verifyKeyFlags } from "../key_flags.ts";
import { verifyEach } from "../each_target.ts";
import { failure, verdict } from "../outcome.ts";
import { oneTarget } from "../read_runpack_file.ts";
import { describeTrace, encodeTrace } from "./report.ts";

/** `gait trace verify` (docs/spec/core.md section 8). */
export default defineCommand({
  explain: "Verifies the signatures of gate traces with a trusted key, offline.",
  positionals: [{ name: "[path...]", path: "file" }],
  flags: { path: path("file", "the trace; the same as the argument"), ...verifyKeyFlags },
  needs: { read: true, env: true },
  examples: [
    "gait trace verify trace.json --public-key team_public.key",
    "gait trace verify traces/a.json traces/b.json --public-key team_public.key",
  ],
  async run({ flags, positionals, effects }) {
    const targets = flags.path === undefined && positionals.length > 1
      ? positionals
      : [oneTarget("path", flags.path, positionals)];
    const trusted = await loadTrustedKeys(keySources(flags), effects);
    const verifyOne = async (path: string) => {
      const report = await verifyTrace(await effects.files.read(path), trusted);
      const json = encodeTrace(path, report);
      if (report.error !== undefined) return failure(verificationFailed(report.error), json);
      return verdict(report.ok, EXIT.verificationFailed, json, describeTrace(path, report));
    };
    return targets.length === 1
      ? await verifyOne(targets[0]!)
      : await verifyEach("trace verify", targets, verifyOne);
  },
});
