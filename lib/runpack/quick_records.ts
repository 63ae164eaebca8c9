import { isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { parseTime, type Rfc3339, ZERO_TIME } from "../formats/time.ts";
import type { Intent, Result } from "../schema/runpack.ts";

/*
 * Records of the usual form, read without their schema: a run may have a hundred thousand of them.
 *
 * INVARIANT: whatever is returned is what decode() of intentSchema or resultSchema returns; whatever is not of the
 * usual form gives `undefined`, and the schema says what is wrong with it.
 */

type Repeated = "schema" | "version" | "producer" | "run" | "tool" | "status";

/** Reads records in a row, most of which have the same time, run and other members: each text of them is kept once. */
export class QuickRecords {
  readonly #last: Record<Repeated, string> = {
    schema: "",
    version: "",
    producer: "",
    run: "",
    tool: "",
    status: "",
  };
  #text: string | undefined;
  #time: Rfc3339 = ZERO_TIME;

  intent(value: JsonValue): Intent | undefined {
    if (!isJsonObject(value) || (value.arg_provenance ?? null) !== null) return undefined;
    const args = value.args ?? undefined;
    const head = this.#head(value);
    const tool = this.#again("tool", value.tool_name);
    const digest = textOf(value.args_digest);
    if (head === undefined || tool === undefined || digest === undefined) return undefined;
    if (args !== undefined && !isJsonObject(args)) return undefined;
    return {
      ...head,
      tool_name: tool,
      args_digest: digest,
      ...("args" in value ? { args: value.args as JsonObject | null } : {}),
      ...("arg_provenance" in value ? { arg_provenance: null } : {}),
    };
  }

  result(value: JsonValue): Result | undefined {
    if (!isJsonObject(value)) return undefined;
    const result = value.result ?? undefined;
    const head = this.#head(value);
    const status = this.#again("status", value.status);
    const digest = textOf(value.result_digest);
    if (head === undefined || status === undefined || digest === undefined) return undefined;
    if (result !== undefined && !isJsonObject(result)) return undefined;
    return {
      ...head,
      status,
      result_digest: digest,
      ...("result" in value ? { result: value.result as JsonObject | null } : {}),
    };
  }

  #head(value: JsonObject) {
    const schema = this.#again("schema", value.schema_id);
    const version = this.#again("version", value.schema_version);
    const producer = this.#again("producer", value.producer_version);
    const run = this.#again("run", value.run_id);
    const id = textOf(value.intent_id);
    const time = this.#timeOf(value.created_at);
    if (
      schema === undefined || version === undefined || producer === undefined || run === undefined ||
      id === undefined || time === undefined
    ) return undefined;
    return {
      schema_id: schema,
      schema_version: version,
      created_at: time,
      producer_version: producer,
      run_id: run,
      intent_id: id,
    };
  }

  /** A text, as the same object as in the record before where it is equal. */
  #again(name: Repeated, value: JsonValue | undefined): string | undefined {
    const text = textOf(value);
    if (text === undefined) return undefined;
    const last = this.#last[name];
    return text === last ? last : this.#last[name] = text;
  }

  #timeOf(value: JsonValue | undefined): Rfc3339 | undefined {
    if (value === undefined || value === null) return ZERO_TIME;
    if (typeof value !== "string") return undefined;
    if (value === this.#text) return this.#time;
    try {
      this.#time = parseTime(value);
    } catch {
      return undefined;
    }
    this.#text = value;
    return this.#time;
  }
}

function textOf(value: JsonValue | undefined): string | undefined {
  return value === undefined || value === null ? "" : typeof value === "string" ? value : undefined;
}
