import { invalidOption } from "../errors/mod.ts";
import type { Effects } from "../effects/types.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { folderOf, hasControl, joinPath } from "../formats/path.ts";
import { trim } from "../formats/text.ts";
import { cutToSeconds, isZeroTime, type Rfc3339, timeOfMillis, toUtc } from "../formats/time.ts";
import { locateRunpack } from "../runpack/locate.ts";
import { readRunpack, type Runpack } from "../runpack/read.ts";
import { GUARD_ENTRY } from "../schema/guard.ts";
import type { PrivateKey, TrustedKeys } from "../signing/mod.ts";
import { originalFiles } from "./attach.ts";
import { discoverRecords } from "./discover.ts";
import { type EvidenceFile, evidenceFiles } from "./evidence_files.ts";
import { type Evidence, type EvidencePaths, readEvidence, sortPaths } from "./read_evidence.ts";
import { type EvidencePackSource, type SealedEvidencePack, sealEvidence } from "./seal.ts";
import { summaryPdf } from "./summary_pdf.ts";
import { chooseTemplate } from "./templates.ts";
import { checkedAudits, checkTraceSignatures, type TraceSignature } from "./trace_signatures.ts";

/** Options for building an evidence pack. */
export interface EvidencePackOptions {
  /** Blank means the command's default. */
  readonly template: string;
  readonly caseId?: string | undefined;
  readonly renderPdf?: boolean;
  /** Include the original files, so that their own signatures can be checked. */
  readonly attach?: boolean;
  readonly key?: PrivateKey | undefined;
  /** Keys for verifying the signatures of traces. */
  readonly trusted: TrustedKeys;
  readonly version: string;
}

/** The runpack that evidence is collected for. */
export interface LocatedRun {
  /** Where it was found. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly runpack: Runpack;
  /** Time of the run in UTC; the current time if the run has none. */
  readonly createdAt: Rfc3339;
}

/** A finished evidence pack, its default path, and warnings for the user. */
export interface BuiltEvidencePack {
  readonly pack: SealedEvidencePack;
  /** Default output path: next to the runpack. */
  readonly path: string;
  readonly traces: readonly TraceSignature[];
  readonly warnings: readonly string[];
}

/**
 * Find a run and verify its runpack completely (docs/spec/guard.md section 1, steps 2 and 4).
 *
 * @throws {GaitError} `invalid_input`; `verification_failed` for an ambiguous archive
 */
export async function locateRun(
  target: string,
  { files, home, now }: Pick<Effects, "files" | "home" | "now">,
): Promise<LocatedRun> {
  const path = await locateRunpack(target, { files, home });
  const bytes = await files.read(path);
  const runpack = await readRunpack(bytes);
  const { created_at: given } = runpack.run;
  return { path, bytes, runpack, createdAt: isZeroTime(given) ? timeOfMillis(now()) : toUtc(given) };
}

/**
 * Build the evidence pack of a run (docs/spec/guard.md section 1); records in the runpack's folder are found by name.
 */
export async function buildEvidencePack(
  run: LocatedRun,
  paths: EvidencePaths,
  options: EvidencePackOptions,
  files: Effects["files"],
): Promise<BuiltEvidencePack> {
  const evidence = await readEvidence(sortPaths(await discoverRecords(run.path, paths, files)), files);
  return await packEvidence(run, evidence, options);
}

/** Pack evidence that was already read; `more` holds the fields that only an incident pack has. */
export async function packEvidence(
  run: LocatedRun,
  given: Evidence,
  options: EvidencePackOptions,
  more: { readonly files?: readonly EvidenceFile[] } & Pick<EvidencePackSource, "incidentWindow"> = {},
): Promise<BuiltEvidencePack> {
  const { runpack, createdAt } = run;
  const template = chooseTemplate(options.template);
  const caseId = checkCaseId(options.caseId);
  const traces = await checkTraceSignatures(given.traces, options.trusted);
  const evidence = await checkedAudits(given);
  const evidenceOnly = [
    ...evidenceFiles(runpack, evidence),
    ...more.files ?? [],
    ...options.attach ? originalFiles(run.bytes, evidence) : [],
  ];
  const runId = runpack.manifest.run_id;
  const rendered = options.renderPdf
    ? [{
      path: GUARD_ENTRY.pdf,
      content: summaryPdf(summaryLines(runId, caseId, template.id, createdAt, evidenceOnly)),
    }]
    : [];
  const pack = await sealEvidence({
    runId,
    caseId,
    template: template.id,
    createdAt,
    producerVersion: options.version,
    files: [...evidenceOnly, ...rendered],
    incidentWindow: more.incidentWindow,
  }, options.key);
  return {
    pack,
    path: joinPath(folderOf(run.path), `evidence_pack_${pack.packId}.zip`),
    traces,
    warnings: template.warnings,
  };
}

/** Paths of the evidence that the summary lists. */
const SHOWN = 8;

function summaryLines(
  runId: string,
  caseId: string,
  template: string,
  createdAt: Rfc3339,
  files: readonly EvidenceFile[],
): string[] {
  const paths = files.map(({ path }) => path).sort(compareBytewise);
  return [
    "Gait Evidence Pack Summary",
    `Run ID: ${runId}`,
    `Case ID: ${caseId}`,
    `Template: ${template}`,
    `Generated: ${cutToSeconds(createdAt)}`,
    `Evidence Files: ${paths.length}`,
    ...paths.slice(0, SHOWN).map((path) => `- ${path}`),
  ];
}

/** A case id is printed in the terminal and in the PDF, so it must not contain invisible characters. */
function checkCaseId(given: string | undefined): string {
  const caseId = trim(given ?? "");
  if (hasControl(caseId)) {
    throw invalidOption((name) => `Cannot use ${name("caseId")}: it contains control characters`);
  }
  return caseId;
}
