import { counted } from "../../formats/counted.ts";
import type { Files } from "../../effects/mod.ts";
import { EXIT, GaitError } from "../../errors/mod.ts";
import { checkProofRecords } from "../../pack/check_proof_records.ts";
import { gatewayRecordProblem } from "../../scout/gateway/check_record.ts";
import { loadTrustedKeys } from "../../signing/mod.ts";
import { bool, defineCommand } from "../define.ts";
import { keySources, verifyKeyFlags } from "../key_flags.ts";
import { compact, verdict } from "../outcome.ts";
import { bad, good, line, warningLines } from "../text.ts";

const HEAD = { schema_id: "gait.gateway.output", schema_version: "1.0.0", operation: "verify" };
/** The most findings that are reported; one is enough to fail. */
const MAX_FINDINGS = 20;

/** `gait gateway verify` (docs/spec/scout.md section 4). */
export default defineCommand({
  explain:
    "Checks the proof records of a gateway offline: ids, hashes, the chain, and signatures by a trusted key.",
  positionals: [{ name: "<records.jsonl>", path: "file" }],
  flags: {
    "integrity-only": bool(
      "without a trusted key, check everything except the signatures instead of failing",
    ),
    ...verifyKeyFlags,
  },
  needs: { read: true, env: true },
  errorFields: HEAD,
  examples: ["gait gateway verify gateway_kong_policy_enforcement.jsonl --public-key team_public.key"],
  async run({ flags, positionals, effects }) {
    const path = positionals[0]!;
    const trusted = await loadTrustedKeys(keySources(flags), effects);
    await effects.files.readPart(path, 0, 1); // an unreadable file is an input error, not a failed verification
    const findings: string[] = [];
    const report = (finding: string) => void (findings.length < MAX_FINDINGS && findings.push(finding));
    let records = 0;
    let pending: Promise<unknown> = Promise.resolve();
    try {
      const chain = await checkProofRecords(partsOf(effects.files, path), (record) => {
        const number = ++records;
        pending = pending.then(async () => {
          const problem = await gatewayRecordProblem(record);
          if (problem !== undefined) report(`record ${number}: ${problem}`);
        });
      }, trusted);
      for (const error of chain.signatureErrors) report(error);
    } catch (error) {
      if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
      report(error.message);
    }
    await pending;
    const checked = trusted.source !== "none";
    if (!checked && !flags["integrity-only"]) report("no trusted key: the signatures were not checked");
    if (records === 0 && findings.length === 0 && !flags["integrity-only"]) report("there are no records");
    const ok = findings.length === 0;
    const warnings = ok && !checked
      ? ["the signatures were not checked: anyone may have written these records"]
      : [];
    return verdict(ok, EXIT.verificationFailed, {
      ...HEAD,
      path,
      ...compact({ records, findings, warnings }),
      signatures: checked ? (ok ? "verified" : "failed") : "unchecked",
    }, [
      line(
        ok ? good("gateway verify ok") : bad("gateway verify failed"),
        `: ${path}: ${counted(records, "record")}`,
      ),
      ...findings.map((finding) => line(`  ${finding}`)),
      ...warningLines(warnings),
    ]);
  },
});

const PART_BYTES = 1 << 20;

async function* partsOf(files: Files, path: string): AsyncGenerator<Uint8Array> {
  for (let offset = 0;; offset += PART_BYTES) {
    const part = await files.readPart(path, offset, PART_BYTES);
    if (part.length > 0) yield part;
    if (part.length < PART_BYTES) return;
  }
}
