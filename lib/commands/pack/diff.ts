import { type ContextDetail, diffPacks, readSide } from "../../pack/diff.ts";
import { isSound } from "../../pack/verify.ts";
import { EXIT } from "../../errors/mod.ts";
import { canonicalBytes, isJsonObject, isObjectWith, type JsonObject } from "../../formats/json/mod.ts";
import { insideWorkingFolder } from "../../formats/path.ts";
import { PACK_SCHEMA_ID } from "../../schema/pack_layout.ts";
import { defineCommand, path } from "../define.ts";
import { keepInputs, noteReads } from "../inputs.ts";
import { compact, verdict } from "../outcome.ts";
import { OWN_NAME } from "../output_flags.ts";
import { bad, dim, good, type Line, line, warn, warningLines } from "../text.ts";
import { packFields } from "./flags.ts";

/** `gait pack diff` (docs/spec/pack.md section 6). */
export default defineCommand({
  explain: "Compares two packs by what their manifests declare, and reports context drift of their runs.",
  positionals: [{ name: "<left.zip>", path: "file" }, { name: "<right.zip>", path: "file" }],
  flags: { output: path("file", "also write the result as JSON") },
  needs: { read: true, write: true },
  errorFields: packFields("diff"),
  examples: ["gait pack diff monday.zip tuesday.zip", "gait pack diff a.zip b.zip --output diff.json"],
  async run({ positionals, flags, effects: given }) {
    const { effects, read } = noteReads(given);
    const paths = positionals.map((path) => path.trim()) as [string, string];
    const sides = [];
    for (const path of paths) {
      const bytes = await effects.files.read(path);
      sides.push({ side: await readSide(bytes), intact: await isSound(bytes) });
    }
    const [left, right] = sides as [typeof sides[0], typeof sides[0]];
    const { changed, record, context } = diffPacks(left!.side, right!.side);
    const output = flags.output?.trim();
    if (output !== undefined) {
      const target = insideWorkingFolder(output);
      await keepInputs(effects.files, target, read);
      await effects.files.writeOutput(target, canonicalBytes(record), {
        older: isResult,
        olderGoes: "away",
        hint: OWN_NAME,
      });
    }
    return verdict(!changed, EXIT.verificationFailed, {
      ...packFields("diff"),
      ...compact({ path: output }),
      diff: { Result: record },
      left_integrity_ok: left!.intact,
      right_integrity_ok: right!.intact,
      ...encodeContext(context),
    }, [
      line(headline(changed, left!.intact && right!.intact), `: ${paths[0]} vs ${paths[1]}`),
      ...describe(record.summary, context),
      ...[left!, right!].flatMap(({ intact }, i) =>
        intact ? [] : warningLines([`${paths[i]} is damaged; only what it declares was compared`])
      ),
    ]);
  },
});

/** An older result may be replaced, because it can be recomputed. */
function isResult(held: Uint8Array): boolean {
  return isObjectWith(held, ({ schema_id: id }) => id === PACK_SCHEMA_ID.diff);
}

/** Of a damaged pack only its declared content was compared, so a result without differences is not "ok". */
function headline(changed: boolean, intact: boolean) {
  if (changed) return bad("pack diff changed");
  return intact ? good("pack diff ok") : warn("pack diff proves nothing");
}

function encodeContext(
  { headFields, addedReceipts, removedReceipts, changedReceipts }: ContextDetail,
): JsonObject {
  const detail = compact({
    head_fields: headFields,
    added_receipts: addedReceipts,
    removed_receipts: removedReceipts,
    changed_receipts: changedReceipts?.map(({ refId, fields }) => ({ ref_id: refId, fields })),
  });
  return Object.keys(detail).length === 0 ? {} : { context_detail: detail };
}

function describe(summary: unknown, context: ContextDetail): Line[] {
  if (!isJsonObject(summary)) return [];
  const list = (name: string, label: string) =>
    (Array.isArray(summary[name]) ? summary[name] : []).map((path) =>
      line(dim(`  ${label.padEnd(10)}`), bad(String(path)))
    );
  return [
    ...list("added_files", "added"),
    ...list("removed_files", "removed"),
    ...list("changed_files", "changed"),
    line(dim("  context   "), `${summary.context_drift_classification} drift`),
    ...(context.headFields ?? []).map((name) => line(dim("            "), `${name} of the run`)),
    ...(context.addedReceipts ?? []).map((id) => line(dim("            "), `receipt ${id} added`)),
    ...(context.removedReceipts ?? []).map((id) => line(dim("            "), `receipt ${id} removed`)),
    ...(context.changedReceipts ?? []).map(({ refId, fields }) =>
      line(dim("            "), `receipt ${refId}: ${fields.join(", ")}`)
    ),
  ];
}
