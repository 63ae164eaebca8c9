import { otelLines } from "../../export/otel_jsonl.ts";
import { isPostgresSql, postgresSql, type SqlOptions } from "../../export/postgres.ts";
import { demandIntact, type ExportRecord } from "../../export/record.ts";
import { invalidInput } from "../../errors/mod.ts";
import { type JsonObject, prettyJson } from "../../formats/json/mod.ts";
import { decodeUtf8 } from "../../formats/bytes.ts";
import type { PrivateKey, PublicKey } from "../../signing/mod.ts";
import { path } from "../define.ts";

/** The input of an export. */
export interface ExportContext {
  /** The pack itself, and its file name. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly name: string;
  readonly record: ExportRecord;
  readonly sql: SqlOptions;
  /** Key to sign an attestation with. */
  readonly key: PrivateKey | undefined;
  /** Key of a flag that verified the pack. */
  readonly signer: PublicKey | undefined;
  readonly version: string;
}

/** One export format. */
export interface ExportFormat {
  /** JSON member with the path of the file. */
  readonly field: string;
  /** Set for a format that is appended to a file: recognises a line of this format. */
  readonly appends?: (line: JsonObject) => boolean;
  /** Recognises an older file of this format, which is replaced: it can be had again from its pack. */
  readonly older?: (held: Uint8Array<ArrayBuffer>) => boolean;
  /** JSON member with the SHA-256 of the output. */
  readonly digestField?: string;
  readonly make: (context: ExportContext) => Promise<string | Uint8Array<ArrayBuffer>>;
}

/** One flag per export format. */
export const formatFlags = {
  "otel-out": path("file", "append eight OpenTelemetry-style JSON lines to this file"),
  "postgres-sql-out": path("file", "write SQL for PostgreSQL; loading it twice changes nothing"),
  "otlp-json": path(
    "file",
    "write OTLP/JSON: a line of traces and a line of logs, with GenAI conventions",
  ),
  intoto: path("file", "write an in-toto statement about the pack, signed with --private-key"),
  html: path("file", "write one page that shows an intact pack and verifies it in a browser, offline"),
};

/** The formats by flag, in the order of writing; appended ones come last. */
export const FORMATS: Readonly<Record<keyof typeof formatFlags, ExportFormat>> = {
  "postgres-sql-out": {
    field: "postgres_sql_path",
    older: isPostgresSql,
    make: ({ record, sql }) => postgresSql(record, sql),
  },
  "otlp-json": {
    field: "otlp_json_path",
    async make({ bytes, record, version }) {
      const { otlpLines } = await import("../../export/otlp.ts");
      const { readTimeline } = await import("../../export/timeline.ts");
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
      const { intotoEnvelope } = await import("../../export/intoto.ts");
      return decodeUtf8(prettyJson(await intotoEnvelope(bytes, name, record, key)));
    },
  },
  html: {
    field: "html_path",
    digestField: "html_sha256",
    async make({ bytes, record, signer, version }) {
      demandIntact(record, "page");
      const { makePage } = await import("../../export/html/make_page.ts");
      const { loadPageScript } = await import("../../export/html/load_script.ts");
      const script = await loadPageScript();
      return await makePage(bytes, { script, version, ...(signer ? { claimedKey: signer } : {}) });
    },
  },
  "otel-out": {
    field: "otel_path",
    appends: ({ record_type: type }) => typeof type === "string",
    make: async ({ record }) => (await otelLines(record)).join("\n"),
  },
};
