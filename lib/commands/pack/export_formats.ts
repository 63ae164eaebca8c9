import { otelLines } from "../../evidence/export/otel_jsonl.ts";
import { postgresSql, type SqlOptions } from "../../evidence/export/postgres.ts";
import type { ExportRecord } from "../../evidence/export/record.ts";
import { invalidInput } from "../../errors/mod.ts";
import { prettyJson } from "../../formats/json/mod.ts";
import { decodeUtf8 } from "../../formats/bytes.ts";
import type { PrivateKey } from "../../signing/mod.ts";
import { text } from "../define.ts";

/** What an export is made of. */
export interface ExportContext {
  /** The pack itself, and its file name. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly name: string;
  readonly record: ExportRecord;
  readonly sql: SqlOptions;
  /** Key to sign an attestation with. */
  readonly key: PrivateKey | undefined;
  readonly version: string;
}

/** One form in which a pack can be exported. */
export interface ExportFormat {
  /** Member of the output that names the file. */
  readonly field: string;
  /** Whether it is appended to what is there; else it replaces it. */
  readonly appends?: true;
  readonly make: (context: ExportContext) => Promise<string>;
}

/** Flags that ask for a form, one each. */
export const formatFlags = {
  "otel-out": text("file", "append eight OpenTelemetry-style JSON lines"),
  "postgres-sql-out": text("file", "write SQL for PostgreSQL; loading it twice changes nothing"),
  "otlp-json": text("file", "write OTLP/JSON: a line of traces and a line of logs, with GenAI conventions"),
  intoto: text("file", "write an in-toto statement about the pack, signed with --private-key"),
};

/** The forms by their flags, in the order in which they are written; what is appended comes last. */
export const FORMATS: Readonly<Record<keyof typeof formatFlags, ExportFormat>> = {
  "postgres-sql-out": { field: "postgres_sql_path", make: ({ record, sql }) => postgresSql(record, sql) },
  "otlp-json": {
    field: "otlp_json_path",
    async make({ bytes, record, version }) {
      const { otlpLines } = await import("../../evidence/export/otlp.ts");
      const { readTimeline } = await import("../../evidence/export/timeline.ts");
      return (await otlpLines(record, () => readTimeline(bytes), version)).map((line) => line + "\n").join(
        "",
      );
    },
  },
  intoto: {
    field: "intoto_path",
    async make({ bytes, name, record, key }) {
      if (!key) {
        throw invalidInput("Cannot attest: no private key given", {
          hint: "Give the key that signed the pack: --private-key <file>",
        });
      }
      const { intotoEnvelope } = await import("../../evidence/export/intoto.ts");
      return decodeUtf8(prettyJson(await intotoEnvelope(bytes, name, record, key)));
    },
  },
  "otel-out": {
    field: "otel_path",
    appends: true,
    make: async ({ record }) => (await otelLines(record)).join("\n"),
  },
};
