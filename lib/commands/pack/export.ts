import type { World } from "../../effects/mod.ts";
import {
  demandIntact,
  encodeExportRecord,
  type ExportRecord,
  exportRecord,
  isIntact,
} from "../../evidence/export/record.ts";
import { DEFAULT_TABLE, parseTable, postgresSql } from "../../evidence/export/postgres.ts";
import { otelLines } from "../../evidence/export/otel_jsonl.ts";
import { invalidInput } from "../../errors/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import { cleanPath, folderOf, insideWorkingFolder } from "../../formats/path.ts";
import { loadTrustedKeys, NO_KEYS, sha256, type TrustedKeys } from "../../signing/mod.ts";
import { bool, defineCommand, type FlagValues, text } from "../define.ts";
import { keySources, verifyKeyFlags } from "../key_flags.ts";
import { compact, success } from "../outcome.ts";
import { dim, good, line, warn } from "../text.ts";
import { encodeIdentity } from "./report.ts";
import { packFields, packPath, pathFlag } from "./flags.ts";

const outputFlags = {
  "otel-out": text("file", "append eight OpenTelemetry-style JSON lines"),
  "postgres-sql-out": text("file", "write SQL for PostgreSQL; loading it twice changes nothing"),
  html: text("file", "write one page that shows an intact pack and verifies it in a browser, offline"),
};

/** `gait pack export` (spec/pack.md section 7). */
export default defineCommand({
  explain:
    "Verifies a pack and writes what it comes to for OpenTelemetry or PostgreSQL, or a page that people read.",
  positionals: ["[pack...]"],
  flags: {
    path: pathFlag,
    ...outputFlags,
    "postgres-table": text("name", "table, or schema.table", { default: DEFAULT_TABLE }),
    "postgres-include-ddl": bool("also create table and indexes; turn off with =false", { default: true }),
    "require-integrity": bool("write nothing when the pack is damaged"),
    "require-signature": bool("write nothing unless a trusted key signed it"),
    ...verifyKeyFlags,
  },
  needs: { read: true, write: true, env: true },
  errorFields: packFields("export"),
  examples: [
    "gait pack export pack.zip --otel-out events.jsonl",
    "gait pack export pack.zip --postgres-sql-out index.sql --postgres-table audit.packs",
    "gait pack export pack.zip --html evidence.html",
  ],
  async run({ positionals, flags, world, version }) {
    const path = packPath(flags.path, positionals);
    refuseLooseBoolean(positionals);
    const outputs = await checkedOutputs(flags, path, world);
    const table = parseTable(flags["postgres-table"]);
    // Without key flags signatures are not looked at, as in the reference.
    const sources = keySources(flags);
    const asked = flags["require-signature"] || Object.values(sources).some((source) => source !== "");
    const demands = asked
      ? { trusted: await loadTrustedKeys(sources, world), requireSignature: flags["require-signature"] }
      : {};
    const bytes = await world.files.read(path);
    const record = await exportRecord(bytes, demands);
    if (flags["require-integrity"]) demandIntact(record, "pack");
    if (outputs.html !== "") demandIntact(record, "page");

    // Everything is made before anything is written.
    const sql = outputs.sql === ""
      ? ""
      : await postgresSql(record, { table, ddl: flags["postgres-include-ddl"] });
    const lines = outputs.otel === "" ? [] : await otelLines(record);
    const signer = record.report.signature.status === "verified" ? demands.trusted : undefined;
    const page = outputs.html === "" ? undefined : await pageOf(bytes, signer, version);
    if (page) await world.files.writeAtomic(outputs.html, page);
    if (outputs.sql !== "") await world.files.writeAtomic(outputs.sql, utf8(sql));
    if (outputs.otel !== "") await world.files.appendLine(outputs.otel, lines.join("\n"));
    return report(path, record, flags, page && await sha256(page));
  },
});

/** A page; a key that a flag gave, and that signed the pack, is named on it as a claim of whoever exports. */
async function pageOf(bytes: Uint8Array<ArrayBuffer>, signer: TrustedKeys = NO_KEYS, version: string) {
  const { makePage } = await import("../../evidence/export/html/make_page.ts");
  const { loadPageScript } = await import("../../evidence/export/html/load_script.ts");
  const claimed = signer.source === "flag" ? { claimedKey: signer.key } : {};
  return await makePage(bytes, { script: await loadPageScript(), version, ...claimed });
}

/** The files to write, checked before any work is done. */
async function checkedOutputs(flags: FlagValues<typeof outputFlags>, pack: string, { files }: World) {
  const [otel, sql, html] = [flags["otel-out"].trim(), flags["postgres-sql-out"].trim(), flags.html.trim()];
  if (otel === "" && sql === "" && html === "") {
    throw invalidInput("Missing output: give --otel-out, --postgres-sql-out or --html with a file");
  }
  const safe = {
    otel: otel && insideWorkingFolder(otel),
    sql: sql && insideWorkingFolder(sql),
    html: html && insideWorkingFolder(html),
  };
  for (const target of [safe.sql, safe.html]) {
    if (target !== "" && (await files.stat(folderOf(target))) === undefined) {
      throw invalidInput(`Cannot write "${target}": its folder does not exist`);
    }
  }
  // A page replaces what stands in its place: never the evidence itself, nor another export.
  if (safe.html !== "" && [cleanPath(pack), safe.otel, safe.sql].includes(safe.html)) {
    throw invalidInput(`Cannot write "${html}": it is the pack, or another output`);
  }
  for (const target of Object.values(safe)) {
    if (target !== "" && (await files.stat(target))?.kind === "folder") {
      throw invalidInput(`Cannot write "${target}": it is a folder`);
    }
  }
  return safe;
}

/** `--postgres-include-ddl false` would leave the flag on and take "false" for a word to ignore. */
function refuseLooseBoolean(positionals: readonly string[]): void {
  const loose = positionals.find((argument) => /^(?:true|false)$/i.test(argument));
  if (loose === undefined) return;
  throw invalidInput(`Unexpected argument "${loose}"`, { hint: `Write --postgres-include-ddl=${loose}` });
}

function report(
  path: string,
  record: ExportRecord,
  flags: FlagValues<typeof outputFlags>,
  pageDigest: string | undefined,
) {
  const written = compact({
    otel_path: flags["otel-out"].trim(),
    postgres_sql_path: flags["postgres-sql-out"].trim(),
    html_path: flags.html.trim(),
  });
  const warnings = isIntact(record.report) ? [] : ["the pack is damaged, and the export says so"];
  return success({
    ...packFields("export"),
    path,
    ...encodeIdentity(record.report),
    export: encodeExportRecord(record),
    ...written,
    ...compact({ html_sha256: pageDigest, warnings }),
  }, [
    line(good("pack export ok"), `: pack_id=${record.report.packId}`),
    ...Object.entries(written).map(([name, file]) =>
      line(dim(`  ${name.replace(/_path$/, "")}: `), String(file))
    ),
    ...(pageDigest === undefined ? [] : [line(dim("  html sha256: "), pageDigest)]),
    ...warnings.map((text) => line(warn(`warning: ${text}`))),
  ]);
}
