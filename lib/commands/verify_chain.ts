import { compareArtifacts, type ComparedArtifacts } from "../runpack/chain_findings.ts";
import { verifyEvidencePack } from "../guard/verify.ts";
import { locateRunpack } from "../runpack/locate.ts";
import { demandsOf, verifyRunpack } from "../runpack/verify.ts";
import { EXIT, GaitError } from "../errors/mod.ts";
import { type JsonObject, readJsonObject } from "../formats/json/mod.ts";
import { auditIdsIn } from "../gate/trace/audit_ids.ts";
import { verifyTrace } from "../gate/trace/verify.ts";
import { loadTrustedKeys } from "../signing/mod.ts";
import { bool, defineCommand, path, required } from "./define.ts";
import { keySources, verifyKeyFlags } from "./key_flags.ts";
import { compact, failure, verdict } from "./outcome.ts";
import { describeReport, encodeReport, encodeSignatures } from "./runpack_report.ts";
import { bad, good, type Line, line, warn } from "./text.ts";
import { describeTrace, encodeTrace } from "./trace/report.ts";
import { profileFlag } from "./verify_profile.ts";
import { encodeEvidenceFinding } from "./guard/report.ts";
import { append } from "../formats/lists.ts";

/** `gait verify chain` (docs/spec/core.md 6.2). */
export default defineCommand({
  explain: "Verifies a runpack together with its gate trace and evidence pack, offline.",
  flags: {
    run: required(path("run_id|path", "the runpack")),
    trace: path("file", "a gate trace; needs a key"),
    pack: path("file", "an evidence pack"),
    profile: profileFlag,
    "require-signature": bool("fail unless a trusted key signed runpack and evidence pack"),
    ...verifyKeyFlags,
  },
  needs: { read: true, env: true },
  errorFields: { run: { ok: false } },
  examples: ["gait verify chain --run run_demo --trace trace.json --public-key team_public.key"],
  async run({ flags, effects }) {
    const trusted = await loadTrustedKeys(keySources(flags), effects);
    const { requireSignature, strict } = demandsOf(flags.profile, flags["require-signature"], trusted);
    const path = await locateRunpack(flags.run, effects);
    const report = await verifyRunpack(await effects.files.read(path), { trusted, requireSignature });
    const json: JsonObject = { run: { ok: report.ok, ...encodeReport(path, report) } };
    const lines: Line[] = await describeReport(path, report);
    let ok = report.ok;
    let compared: ComparedArtifacts = { run: report };
    try {
      if (flags.trace !== undefined) {
        const content = await effects.files.read(flags.trace);
        const trace = await verifyTrace(content, trusted);
        ok &&= trace.ok;
        const document = readJsonObject(content, { what: "trace", signed: true });
        compared = {
          ...compared,
          trace: { ...trace, approvalAudits: auditIdsIn(document, "approval_audit") },
        };
        json.trace = { ok: trace.ok, ...encodeTrace(flags.trace, trace) };
        append(lines, describeTrace(flags.trace, trace));
      }
      if (flags.pack !== undefined) {
        const bytes = await effects.files.read(flags.pack);
        const pack = await verifyEvidencePack(bytes, { trusted, requireSignature, strict });
        compared = { ...compared, pack: { runId: pack.runId, bytes } };
        ok &&= pack.ok;
        json.pack = {
          ok: pack.ok,
          path: flags.pack,
          ...compact({
            pack_id: pack.packId,
            run_id: pack.runId,
            files_checked: pack.filesChecked,
            missing_files: pack.missingFiles,
            hash_mismatches: pack.hashMismatches,
            undeclared_files: pack.undeclaredFiles,
            findings: pack.findings.map(encodeEvidenceFinding),
          }),
          ...encodeSignatures(pack.signature),
        };
        lines.push(line(pack.ok ? good("pack ok") : bad("pack failed"), `: ${flags.pack}`));
      }
      const findings = await compareArtifacts(compared);
      if (findings.length > 0) json.findings = findings.map(({ code, message }) => ({ code, message }));
      append(lines, findings.map(({ message }) => line(warn(`finding: ${message}`))));
    } catch (error) {
      if (error instanceof GaitError) return failure(error, json);
      throw error;
    }
    return verdict(ok, EXIT.verificationFailed, json, lines);
  },
});
