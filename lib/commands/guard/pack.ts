import { buildEvidencePack, locateRun } from "../../guard/build.ts";
import { formatPublicKey } from "../../signing/mod.ts";
import { choice, defineCommand, path, paths } from "../define.ts";
import { noteReads } from "../inputs.ts";
import { compact, success } from "../outcome.ts";
import { onePath } from "../pack/flags.ts";
import { evidenceFlags, signingKeyOf, templateFlag, trustFolderOf } from "./flags.ts";
import { evidenceLines, writeEvidencePack } from "./write_pack.ts";

/** `gait guard pack` (docs/spec/guard.md section 1). */
export default defineCommand({
  explain:
    "Packs the evidence of a run for auditors into one signed file: summaries, records and an index by control.",
  positionals: [{ name: "[run_id|runpack]", path: "run" }],
  flags: {
    run: path("run_id|path", "the runpack; the same as the argument"),
    inventory: paths("files", "tool inventories written by gait scout snapshot"),
    trace: paths("files", "gate traces"),
    regress: paths("files", "regress results"),
    "approval-audit": paths("files", "approval audit records; default: those in the runpack's folder"),
    "credential-evidence": paths("files", "credential records; default: those in the runpack's folder"),
    template: templateFlag("soc2"),
    "key-mode": choice(
      "mode",
      "prod signs with the given key, dev with a fresh one that nobody can trust",
      ["dev", "prod"],
      { default: "dev", blank: "dev" },
    ),
    ...evidenceFlags,
  },
  needs: { read: true, write: true, env: true },
  examples: [
    "gait guard pack --run run_demo --trace trace.json",
    "gait guard pack run_demo --attach --key-mode prod --private-key gait-out/keys/gait_private.key",
  ],
  async run({ positionals, flags, effects: given, version }) {
    const { effects, read } = noteReads(given);
    const target = onePath(flags.run, positionals, "a run id or the path of a runpack");
    const mode = flags["key-mode"];
    const { key, warnings: ofKey } = await signingKeyOf(flags, mode, effects);
    const run = await locateRun(target, effects);
    const built = await buildEvidencePack(
      run,
      {
        inventories: flags.inventory,
        traces: flags.trace,
        regress: flags.regress,
        approvals: flags["approval-audit"],
        credentials: flags["credential-evidence"],
      },
      {
        template: flags.template,
        caseId: flags["case-id"],
        renderPdf: flags["render-pdf"],
        attach: flags.attach,
        key,
        trusted: await trustFolderOf(effects),
        version,
      },
      effects.files,
    );
    const written = await writeEvidencePack(built, flags, effects, read);
    const warnings = [...ofKey, ...built.warnings];
    const { pack, traces } = built;
    return success({
      pack_path: written.path,
      pack_id: pack.packId,
      run_id: pack.runId,
      template_id: pack.template,
      manifest_path: written.manifestPath,
      key_id: key.public.id,
      ...compact({
        controls: pack.controls,
        rendered_artifacts: pack.rendered,
        traces: traces.map(({ traceId, status }) => ({ trace_id: traceId, signature_status: status })),
        older_kept_as: written.keptAs,
        // A fresh key is known to nobody else, so without this its signature could never be verified.
        public_key: mode === "dev" ? formatPublicKey(key.public).trim() : undefined,
        warnings,
      }),
    }, evidenceLines("guard pack", written, built, warnings));
  },
});
