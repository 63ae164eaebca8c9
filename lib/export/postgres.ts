import { invalidInput } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { sha256 } from "../signing/mod.ts";
import type { ExportRecord } from "./record.ts";

/** Longest identifier in bytes. PostgreSQL truncates longer ones, so that two names could become equal. */
const MAX_IDENTIFIER = 63;

/** Default name of the table. */
export const DEFAULT_TABLE = "gait_pack_index";

/** A checked table name; both parts are case-sensitive. */
export interface SqlTable {
  readonly schema?: string;
  readonly name: string;
}

/** Options of the SQL export. */
export interface SqlOptions {
  readonly table: SqlTable;
  /** Also create table and indexes. */
  readonly ddl: boolean;
  /** Make the file one transaction of its own. */
  readonly transaction?: boolean;
}

/**
 * Read the name of a table: one part, or schema and table (docs/spec/pack.md 7.3).
 *
 * @throws {GaitError} `invalid_input` for anything but plain identifiers
 */
export function parseTable(text: string): SqlTable {
  const parts = text.split(".").map((part) => part.trim());
  const plain = parts.every((part) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(part) && part.length <= MAX_IDENTIFIER);
  const [first, second] = parts;
  if (!plain || first === undefined || parts.length > 2) {
    throw invalidInput(`Cannot use table name "${text}"`, {
      hint: "Give a name or schema.name of letters, digits and _, each at most 63 bytes",
    });
  }
  return second === undefined ? { name: first } : { schema: first, name: second };
}

/** Columns with their types, in order. */
const COLUMNS = [
  ["pack_id", "TEXT PRIMARY KEY"],
  ["pack_type", "TEXT NOT NULL"],
  ["source_ref", "TEXT NOT NULL"],
  ["manifest_digest", "TEXT NOT NULL"],
  ["files_checked", "INTEGER NOT NULL"],
  ["hash_mismatches", "INTEGER NOT NULL"],
  ["missing_files", "INTEGER NOT NULL"],
  ["undeclared_files", "INTEGER NOT NULL"],
  ["signature_status", "TEXT NOT NULL"],
  ["signatures_total", "INTEGER NOT NULL"],
  ["signatures_valid", "INTEGER NOT NULL"],
  ["tool_calls_total", "INTEGER NOT NULL"],
  ["tool_calls_success", "INTEGER NOT NULL"],
  ["tool_calls_success_rate", "DOUBLE PRECISION NOT NULL"],
  ["policy_blocked", "INTEGER NOT NULL"],
  ["approval_required", "INTEGER NOT NULL"],
  ["regress_failures", "INTEGER NOT NULL"],
  ["created_at", "TIMESTAMPTZ NOT NULL"],
] as const;

/** Session settings for literals and encoding; they only affect texts with a backslash or non-ASCII characters. */
const SETTINGS = "SET standard_conforming_strings = on;\nSET client_encoding = 'UTF8';\n";

/**
 * Export a pack as idempotent SQL for PostgreSQL (docs/spec/pack.md 7.3).
 *
 * @throws {GaitError} `invalid_input` if a text contains a NUL, which PostgreSQL can't store
 */
export async function postgresSql(
  record: ExportRecord,
  { table, ddl, transaction = false }: SqlOptions,
): Promise<string> {
  const name = quoted(table);
  const values = valuesOf(record);
  const settings = values.some((value) => /[\\\x80-\uffff]/.test(value)) ? SETTINGS : "";
  const insert = [
    `INSERT INTO ${name} (${COLUMNS.map(([column]) => column).join(", ")})`,
    `VALUES (${values.join(", ")})`,
    updates(),
  ].join("\n");
  const statements = settings + (ddl ? await createStatements(table, name) : "") + insert + "\n";
  return transaction ? `BEGIN;\n${statements}${COMMIT}` : statements;
}

/** The last line of a file that is a transaction of its own. */
const COMMIT = "COMMIT;\n";

/** Whether a file is the SQL of an export, of whatever pack. */
export function isPostgresSql(held: Uint8Array): boolean {
  const text = new TextDecoder().decode(held);
  const end = `\n${updates()}\n`;
  return text.endsWith(end) || text.endsWith(end + COMMIT);
}

/** The end of the statement, the same in every export: a pack that is there already is updated. */
const updates = () =>
  "ON CONFLICT (pack_id) DO UPDATE SET\n" +
  COLUMNS.slice(1).map(([column]) => `  ${column} = EXCLUDED.${column}`).join(",\n") + ";";

/** The indexes of a table: the end of their names, and what they are on. */
const INDEXES = [
  ["pack_type_created_at", "pack_type, created_at DESC"],
  ["source_ref", "source_ref"],
] as const;

async function createStatements(table: SqlTable, name: string): Promise<string> {
  const created: string[] = [];
  const ensured: string[] = [];
  for (const [suffix, columns] of INDEXES) {
    const { index, ownIndex } = await indexNames(table, suffix);
    created.push(`CREATE INDEX IF NOT EXISTS "${index}" ON ${name} (${columns});`);
    // A table in lower case, as nearly all are, gets no block: not every server that speaks SQL like this runs them.
    if (index !== ownIndex && table.name !== table.name.toLowerCase()) {
      ensured.push(ensureIndex(name, index, ownIndex, columns));
    }
  }
  return [
    `CREATE TABLE IF NOT EXISTS ${name} (`,
    COLUMNS.map(([column, type]) => `  ${column} ${type}`).join(",\n"),
    ");",
    ...created,
    ...ensured,
    "",
  ].join("\n");
}

/**
 * The names of an index. The usual one is in lower case (cases demand it), so that `Packs` and `packs` in one schema
 * want the same; the other belongs to the table alone, because a digest of its exact name is in it. A name that is too
 * long has the digest at once: the server would truncate two names to the same one.
 */
async function indexNames({ name }: SqlTable, suffix: string): Promise<{ index: string; ownIndex: string }> {
  const mark = (await sha256(utf8(name))).slice(0, 8);
  const room = MAX_IDENTIFIER - "idx___".length - mark.length - suffix.length;
  const ownIndex = `idx_${name.toLowerCase().slice(0, room)}_${mark}_${suffix}`;
  const usual = `idx_${name.toLowerCase()}_${suffix}`;
  return { index: usual.length <= MAX_IDENTIFIER ? usual : ownIndex, ownIndex };
}

/**
 * A block that makes an index under its own name where another table has the usual one: `IF NOT EXISTS` looks at the
 * name alone, and would leave this table without.
 */
function ensureIndex(name: string, index: string, ownIndex: string, columns: string): string {
  return [
    "DO $gait$ BEGIN",
    "  IF NOT EXISTS (SELECT FROM pg_catalog.pg_index JOIN pg_catalog.pg_class ON oid = indexrelid",
    `    WHERE indrelid = '${name}'::regclass AND relname = '${index}') THEN`,
    `    CREATE INDEX IF NOT EXISTS ${ownIndex} ON ${name} (${columns});`,
    "  END IF;",
    "END $gait$;",
  ].join("\n");
}

function quoted({ schema, name }: SqlTable): string {
  return schema === undefined ? `"${name}"` : `"${schema}"."${name}"`;
}

function valuesOf({ report, manifestDigest, createdAt, metrics }: ExportRecord): string[] {
  return [
    literal(report.packId),
    literal(report.packType),
    literal(report.sourceRef),
    literal(manifestDigest),
    whole(report.filesChecked),
    whole(report.hashMismatches.length),
    whole(report.missingFiles.length),
    whole(report.undeclaredFiles.length),
    literal(report.signature.status),
    whole(report.signature.total),
    whole(report.signature.valid),
    whole(metrics.toolCalls),
    whole(metrics.succeeded),
    metrics.successRate.toFixed(6),
    whole(metrics.policyBlocked),
    whole(metrics.approvalRequired),
    whole(metrics.regressFailures),
    timestamp(createdAt),
  ];
}

function whole(value: number): string {
  return value.toFixed(0);
}

function timestamp(time: Rfc3339): string {
  if (time.startsWith("0000")) {
    throw invalidInput(`Cannot write SQL: PostgreSQL knows no year 0000, as in "${time}"`);
  }
  return `${literal(time)}::timestamptz`;
}

/**
 * Quote a text as a literal that is safe under any session settings. With `standard_conforming_strings` off, a
 * backslash escapes the following quote. {@linkcode SETTINGS} turn it on for clients that run the file statement by
 * statement, but a client that sends the file as one query has it parsed before any statement runs. A text with a
 * backslash is therefore a `U&''` literal, which has the same meaning, and which a server with the setting off
 * refuses.
 */
function literal(text: string): string {
  if (text.includes("\0")) {
    throw invalidInput("Cannot write SQL: a text holds a NUL, which PostgreSQL can't store");
  }
  const quoted = text.replaceAll("'", "''");
  return quoted.includes("\\") ? `U&'${quoted.replaceAll("!", "!!")}' UESCAPE '!'` : `'${quoted}'`;
}
