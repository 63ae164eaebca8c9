import { locateRun } from "../../guard/build.ts";
import { buildIncidentPack, incidentWindow } from "../../guard/incident.ts";
import { cutToSeconds } from "../../formats/time.ts";
import { defineCommand, path, text } from "../define.ts";
import { evidenceFlags, signingKeyOf, templateFlag, trustFolderOf } from "../guard/flags.ts";
import { evidenceLines, writeEvidencePack } from "../guard/write_pack.ts";
import { noteReads } from "../inputs.ts";
import { keySources } from "../key_flags.ts";
import { compact, success } from "../outcome.ts";
import { onePath } from "../pack/flags.ts";
import { namesPrivateKey } from "../../signing/mod.ts";

/** `gait incident pack` (docs/spec/guard.md section 3). */
export default defineCommand({
  explain:
    "Packs the evidence around a run into one file: the traces, regress results, approval and credential records in its folder that lie in a time window.",
  positionals: [{ name: "[run_id|runpack]", path: "run" }],
  flags: {
    from: path("run_id|path", "the runpack; the same as the argument"),
    window: text("duration", "duration before and after the run", { default: "24h" }),
    template: templateFlag("incident_response"),
    ...evidenceFlags,
  },
  needs: { read: true, write: true, env: true },
  examples: [
    "gait incident pack --from run_demo --window 2h --case-id INC-7",
    "gait incident pack run_demo --attach --private-key gait-out/keys/gait_private.key",
  ],
  async run({ positionals, flags, effects: given, version }) {
    const { effects, read } = noteReads(given);
    const target = onePath(flags.from, positionals, "a run id or the path of a runpack");
    const signing = namesPrivateKey(keySources(flags))
      ? await signingKeyOf(flags, "prod", effects)
      : undefined;
    const run = await locateRun(target, effects);
    const window = incidentWindow(run.createdAt, flags.window);
    const built = await buildIncidentPack(run, window, {
      template: flags.template,
      caseId: flags["case-id"],
      renderPdf: flags["render-pdf"],
      attach: flags.attach,
      key: signing?.key,
      trusted: await trustFolderOf(effects),
      version,
    }, effects.files);
    const written = await writeEvidencePack(built, flags, effects, read);
    const warnings = [...signing?.warnings ?? [], ...built.warnings];
    const { pack, counts, policyDigests } = built;
    return success({
      pack_path: written.path,
      pack_id: pack.packId,
      run_id: pack.runId,
      template_id: pack.template,
      window_from: cutToSeconds(window.from),
      window_to: cutToSeconds(window.to),
      ...compact({
        trace_count: counts.traces,
        regress_count: counts.regress,
        approval_audit_count: counts.approvals,
        credential_evidence_count: counts.credentials,
        policy_digests: policyDigests,
        traces: built.traces.map(({ traceId, status }) => ({ trace_id: traceId, signature_status: status })),
        key_id: signing?.key.public.id,
        older_kept_as: written.keptAs,
        warnings,
      }),
    }, evidenceLines("incident pack", written, built, warnings));
  },
});
