import type { Effects } from "../../effects/mod.ts";
import type { OutputRules } from "../../effects/types.ts";
import {
  demandIntact,
  encodeExportRecord,
  type ExportRecord,
  exportRecord,
  isIntact,
} from "../../export/record.ts";
import { DEFAULT_TABLE, parseTable } from "../../export/postgres.ts";
import { checkTargets } from "../../export/targets.ts";
import { refuseOtherLog } from "../../gate/trace/own_log.ts";
import type { VerifyPackOptions } from "../../pack/report.ts";
import { invalidInput } from "../../errors/mod.ts";
import { decodeUtf8, utf8 } from "../../formats/bytes.ts";
import { baseName, cleanPath, insideWorkingFolder, type SafePath } from "../../formats/path.ts";
import { pathArgument } from "../../formats/shell.ts";
import {
  type KeySources,
  loadSigningKey,
  loadTrustedKeys,
  namesKey,
  namesPrivateKey,
  sha256,
} from "../../signing/mod.ts";
import { bool, defineCommand, type FlagValues, text } from "../define.ts";
import { keepInputs, noteReads } from "../inputs.ts";
import { keySources, verifyKeyFlags } from "../key_flags.ts";
import { compact, success } from "../outcome.ts";
import { forceFlag } from "../output_flags.ts";
import { dim, good, line, warningLines } from "../text.ts";
import { type ExportFormat, formatFlags, FORMATS } from "./export_formats.ts";
import { onePath, packFields, pathFlag } from "./flags.ts";
import { encodeIdentity } from "./report.ts";

/** `gait pack export` (docs/spec/pack.md section 7). */
export default defineCommand({
  explain:
    "Verifies a pack and exports it for OpenTelemetry, PostgreSQL or in-toto, or as a page for people.",
  positionals: [{ name: "[pack]", path: "file" }],
  flags: {
    path: pathFlag,
    ...formatFlags,
    "postgres-table": text("name", "table, or schema.table", { default: DEFAULT_TABLE }),
    "postgres-include-ddl": bool("also create table and indexes; turn off with =false", { default: true }),
    "postgres-transaction": bool("make the SQL one transaction: all of it is loaded, or nothing"),
    "require-integrity": bool("write nothing when the pack is damaged"),
    "require-signature": bool("write nothing unless a trusted key signed it"),
    ...verifyKeyFlags,
    ...forceFlag,
  },
  needs: { read: true, write: true, env: true },
  errorFields: packFields("export"),
  examples: [
    "gait pack export pack.zip --otel-out events.jsonl",
    "gait pack export pack.zip --postgres-sql-out index.sql --postgres-table audit.packs",
    "gait pack export pack.zip --otlp-json run.otlp.jsonl",
    "gait pack export pack.zip --intoto pack.intoto.json --private-key gait-out/keys/gait_private.key",
    "gait pack export pack.zip --html evidence.html",
  ],
  async run({ positionals, flags, effects: given, version }) {
    const { effects, read } = noteReads(given);
    const path = onePath(flags.path, positionals, "the path of a pack");
    refuseDetachedBoolean(positionals);
    const outputs = await checkedOutputs(flags, effects);
    const sql = {
      table: parseTable(flags["postgres-table"]),
      ddl: flags["postgres-include-ddl"],
      transaction: flags["postgres-transaction"],
    };
    const sources = keySources(flags);
    const bytes = await effects.files.read(path);
    const demands = await demandsOf(sources, flags["require-signature"], effects);
    const record = await exportRecord(bytes, demands, pathArgument(path));
    if (flags["require-integrity"]) demandIntact(record, "pack");
    const signs = flags.intoto !== undefined && namesPrivateKey(sources);
    const key = signs ? (await loadSigningKey({ ...sources, keyMode: "prod" }, effects)).key : undefined;
    const inputs = [...read, ...[sources.publicKey, sources.privateKey].filter((path) => path !== undefined)];
    for (const { target, format } of outputs) {
      await keepInputs(effects.files, target, inputs);
      if (format.appends) await refuseOtherLog(effects.files, target, format.appends);
    }
    const { trusted } = demands;
    const signed = record.report.signature.status === "verified";
    const signer = signed && trusted?.source === "flag" ? trusted.key : undefined;
    const context = { bytes, name: baseName(cleanPath(path)), record, sql, key, signer, version };

    // All outputs are encoded before any of them is written.
    const made = [];
    for (const output of outputs) {
      const written = await output.format.make(context);
      const content = typeof written === "string" ? utf8(written) : written;
      const { digestField } = output.format;
      made.push({ ...output, content, digests: digestField ? { [digestField]: await sha256(content) } : {} });
    }
    const rulesOf = ({ older }: ExportFormat): OutputRules => ({
      force: flags.force,
      ...(older ? { older, olderGoes: "away" } : {}),
    });
    for (const { target, format, content } of made) {
      if (!format.appends) await effects.files.checkOutput(target, rulesOf(format), content);
    }
    for (const { target, format, content } of made) {
      if (format.appends) await effects.files.appendLine(target, decodeUtf8(content));
      else await effects.files.writeOutput(target, content, rulesOf(format));
    }
    return report(path, record, made);
  },
});

/** A requested output. */
interface Output {
  readonly format: ExportFormat;
  readonly target: SafePath;
  /** The path as it was given, trimmed. */
  readonly given: string;
}

/** A written output. */
interface WrittenOutput extends Output {
  /** Digests to report, by JSON member. */
  readonly digests: Readonly<Record<string, string>>;
}

/** Without key flags signatures are not checked (compatibility: as in the existing program). */
async function demandsOf(
  sources: KeySources,
  requireSignature: boolean,
  effects: Effects,
): Promise<VerifyPackOptions> {
  if (!requireSignature && !namesKey(sources)) return {};
  return { trusted: await loadTrustedKeys(sources, effects), requireSignature };
}

/** The requested outputs, checked before any work is done. */
async function checkedOutputs(
  flags: FlagValues<typeof formatFlags>,
  { files }: Effects,
): Promise<Output[]> {
  const outputs = Object.entries(FORMATS).map(([flag, format]) => {
    const given = flags[flag as keyof typeof formatFlags]?.trim();
    return { format, given, target: given === undefined ? undefined : insideWorkingFolder(given) };
  }).filter((output): output is Output => output.target !== undefined);
  if (outputs.length === 0) {
    const names = Object.keys(FORMATS).map((flag) => `--${flag}`).join(", ");
    throw invalidInput(`Missing output: give at least one of ${names}`);
  }
  await checkTargets(outputs.map(({ target, format }) => ({ target, appends: format.appends })), files);
  return outputs;
}

/** `--postgres-include-ddl false` would leave the flag on, because "false" would be an ignored argument. */
function refuseDetachedBoolean(positionals: readonly string[]): void {
  const loose = positionals.find((argument) => /^(?:true|false)$/i.test(argument));
  if (loose === undefined) return;
  throw invalidInput(`Unexpected argument "${loose}"`, { hint: `Write --postgres-include-ddl=${loose}` });
}

function report(path: string, record: ExportRecord, outputs: readonly WrittenOutput[]) {
  const warnings = isIntact(record.report) ? [] : ["the pack is damaged, and the export says so"];
  return success({
    ...packFields("export"),
    path,
    ...encodeIdentity(record.report),
    export: encodeExportRecord(record),
    ...Object.assign(
      {},
      ...outputs.map(({ format, given, digests }) => ({ [format.field]: given, ...digests })),
    ),
    ...compact({ warnings }),
  }, [
    line(good("pack export ok"), `: pack_id=${record.report.packId}`),
    ...outputs.flatMap(({ format, given, digests }) => [
      line(dim(`  ${format.field.replace(/_path$/, "")}: `), given),
      ...Object.entries(digests).map(([name, digest]) => line(dim(`  ${name.replace("_", " ")}: `), digest)),
    ]),
    ...warningLines(warnings),
  ]);
}
