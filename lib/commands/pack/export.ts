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
import { folderOf, insideWorkingFolder } from "../../formats/path.ts";
import { loadTrustedKeys } from "../../signing/mod.ts";
import { bool, defineCommand, type FlagValues, text } from "../define.ts";
import { keySources, verifyKeyFlags } from "../key_flags.ts";
import { compact, success } from "../outcome.ts";
import { dim, good, line, warn } from "../text.ts";
import { encodeIdentity } from "./report.ts";
import { packFields, packPath, pathFlag } from "./flags.ts";

const outputFlags = {
  "otel-out": text("file", "append eight OpenTelemetry-style JSON lines"),
  "postgres-sql-out": text("file", "write SQL for PostgreSQL; loading it twice changes nothing"),
};

/** `gait pack export` (spec/pack.md section 7). */
export default defineCommand({
  explain: "Verifies a pack and writes what it comes to for OpenTelemetry or PostgreSQL.",
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
  ],
  async run({ positionals, flags, world }) {
    const path = packPath(flags.path, positionals);
    refuseLooseBoolean(positionals);
    const outputs = await checkedOutputs(flags, world);
    const table = parseTable(flags["postgres-table"]);
    // Without key flags signatures are not looked at, as in the reference.
    const sources = keySources(flags);
    const asked = flags["require-signature"] || Object.values(sources).some((source) => source !== "");
    const demands = asked
      ? { trusted: await loadTrustedKeys(sources, world), requireSignature: flags["require-signature"] }
      : {};
    const record = await exportRecord(await world.files.read(path), demands);
    if (flags["require-integrity"]) demandIntact(record, "pack");

    // Everything is made before anything is written.
    const sql = outputs.sql === ""
      ? ""
      : await postgresSql(record, { table, ddl: flags["postgres-include-ddl"] });
    const lines = outputs.otel === "" ? [] : await otelLines(record);
    if (outputs.sql !== "") await world.files.writeAtomic(outputs.sql, utf8(sql));
    if (outputs.otel !== "") await world.files.appendLine(outputs.otel, lines.join("\n"));
    return report(path, record, flags);
  },
});

/** The files to write, checked before any work is done. */
async function checkedOutputs(flags: FlagValues<typeof outputFlags>, { files }: World) {
  const [otel, sql] = [flags["otel-out"].trim(), flags["postgres-sql-out"].trim()];
  if (otel === "" && sql === "") {
    throw invalidInput("Missing output: give --otel-out <file> or --postgres-sql-out <file>");
  }
  const safe = { otel: otel && insideWorkingFolder(otel), sql: sql && insideWorkingFolder(sql) };
  if (safe.sql !== "" && (await files.stat(folderOf(safe.sql))) === undefined) {
    throw invalidInput(`Cannot write "${sql}": its folder does not exist`);
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

function report(path: string, record: ExportRecord, flags: FlagValues<typeof outputFlags>) {
  const written = compact({
    otel_path: flags["otel-out"].trim(),
    postgres_sql_path: flags["postgres-sql-out"].trim(),
  });
  const warnings = isIntact(record.report) ? [] : ["the pack is damaged, and the export says so"];
  return success({
    ...packFields("export"),
    path,
    ...encodeIdentity(record.report),
    export: encodeExportRecord(record),
    ...written,
    ...compact({ warnings }),
  }, [
    line(good("pack export ok"), `: pack_id=${record.report.packId}`),
    ...Object.entries(written).map(([name, file]) =>
      line(dim(`  ${name.replace(/_path$/, "").replace("_sql", "_sql")}: `), String(file))
    ),
    ...warnings.map((text) => line(warn(`warning: ${text}`))),
  ]);
}
