import { EXIT, invalidInput, verificationFailed } from "../../errors/mod.ts";
import { verifyAudits } from "../../gate/trace/verify_audits.ts";
import { verifyTrace } from "../../gate/trace/verify.ts";
import { loadTrustedKeys } from "../../signing/mod.ts";
import { defineCommand, path, paths } from "../define.ts";
import { keySources, verifyKeyFlags } from "../key_flags.ts";
import { verifyEach } from "../each_target.ts";
import { compact, failure, verdict } from "../outcome.ts";
import { oneTarget } from "../read_runpack_file.ts";
import { nextLines } from "../text.ts";
import { describeAudit, describeTrace, encodeAudit, encodeTrace, stepAfter } from "./report.ts";

/** `gait trace verify` (docs/spec/core.md section 8). */
export default defineCommand({
  explain: "Verifies the signatures of gate traces with a trusted key, offline.",
  positionals: [{ name: "[path...]", path: "file" }],
  flags: {
    path: path("file", "the trace; the same as the argument"),
    audit: paths(
      "files",
      "audits of the decision, separated by commas: each must be one that the trace names",
    ),
    ...verifyKeyFlags,
  },
  needs: { read: true, env: true },
  examples: [
    "gait trace verify trace.json --public-key team_public.key",
    "gait trace verify traces/a.json traces/b.json --public-key team_public.key",
    "gait trace verify trace.json --audit approval_audit.json --public-key team_public.key",
  ],
  async run({ flags, positionals, effects }) {
    const targets = flags.path === undefined && positionals.length > 1
      ? positionals
      : [oneTarget("path", flags.path, positionals)];
    const trusted = await loadTrustedKeys(keySources(flags), effects);
    if (flags.audit.length > 0 && targets.length > 1) {
      throw invalidInput("Cannot use --audit with several traces", {
        hint: "Give the trace of the audits alone",
      });
    }
    const verifyOne = async (path: string) => {
      const bytes = await effects.files.read(path);
      const report = await verifyTrace(bytes, trusted);
      const audits = await verifyAudits(flags.audit, bytes, effects.files);
      const json = { ...encodeTrace(path, report), ...compact({ audits: audits.map(encodeAudit) }) };
      if (report.error !== undefined) {
        return failure(verificationFailed(report.error, { hint: stepAfter(report.error) }), json);
      }
      return verdict(
        report.ok && audits.every(({ state }) => state === "named"),
        EXIT.verificationFailed,
        json,
        [
          ...describeTrace(path, report),
          ...audits.map(describeAudit),
          ...nextLines(audits.some(({ state }) => state === "foreign") ? [OTHER_AUDIT] : []),
        ],
      );
    };
    return targets.length === 1
      ? await verifyOne(targets[0]!)
      : await verifyEach("trace verify", targets, verifyOne);
  },
});

/** The same call decided again has the same trace id, and the audit of the last one has the name. */
const OTHER_AUDIT =
  "Give the audit of this very decision: the gate keeps earlier ones as <name>_2.json, <name>_3.json; " +
  "if none fits, it was changed";
