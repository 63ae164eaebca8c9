/**
 * `deno task schemas`: write schemas/v1 from lib/schema. With `--check`, only compare and exit 1 when a file is
 * stale.
 */
import { toJsonSchema } from "@valibot/to-json-schema";
import type { JsonObject } from "../lib/formats/json/mod.ts";
import { DISCOVERY_METHODS, PROVENANCE_SOURCES, TARGET_KINDS } from "../lib/schema/intent_words.ts";
import { wordForms } from "../lib/schema/policy/forms.ts";
import { type OfArtifact, PUBLISHED, type Published } from "../lib/schema/published/mod.ts";
import { COMMITMENT_CLASSES, PRIVACY_MODES } from "../lib/schema/voice/layout.ts";

const folder = new URL("../schemas/v1/", import.meta.url);

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const DIGEST: Json = { type: "string", pattern: "^[a-fA-F0-9]{64}$" };

/** What the name of a member says about its form. */
const BY_NAME: readonly (readonly [RegExp, Json])[] = [
  [/^(created_at|started_at|updated_at|retrieved_at|issued_at|expires_at|emitted_at|ts)$/, {
    type: "string",
    format: "date-time",
  }],
  [
    /^(sha256|manifest_digest|args_digest|result_digest|query_digest|content_digest|context_set_digest)$/,
    DIGEST,
  ],
  [/^(context_evidence_mode|evidence_mode)$/, { type: "string", enum: ["best_effort", "required"] }],
  [/^immutability$/, { type: "string", enum: ["unknown", "mutable", "immutable"] }],
  [/^(utterance_digest|payload_digest|spoken_digest)$/, DIGEST],
  [/^(turn_index|quote_min_cents|quote_max_cents|refund_ceiling_cents)$/, {
    type: "integer",
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
  }],
  [/^(event|commitment|decision|speak_receipt|reference_digest)_count$/, { type: "integer", minimum: 0 }],
  [/^call_seq$/, { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER }],
  [/^commitment_class$/, { type: "string", enum: [...COMMITMENT_CLASSES] }],
  [/^privacy_mode$/, { type: "string", enum: [...PRIVACY_MODES] }],
  [/^schema_version$/, { type: "string", const: "1.0.0" }],
];

/** The JSON Schema of one artifact, as text. */
export function renderSchema(published: Published): string {
  if ("form" in published) {
    const { title, form } = published;
    return JSON.stringify({ $schema: "http://json-schema.org/draft-07/schema#", title, ...form }, null, 2) +
      "\n";
  }
  const schema = toJsonSchema(published.schema, {
    errorMode: "ignore", // time and integer-literal checks have no JSON Schema form
    overrideSchema: ({ valibotSchema, jsonSchema }) => {
      if (valibotSchema.type === "custom") return { type: "object" };
      if (published.caseless && valibotSchema.type === "picklist") return { anyOf: anyCase(jsonSchema.enum) };
      return jsonSchema;
    },
  });
  const shaped = published.side === "writes" ? asWritten(schema as Json, published) : schema;
  const { $schema: _, ...body } = shaped as Record<string, Json>;
  const whole = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: published.title,
    ...body,
    ...published.more,
  };
  return JSON.stringify(whole, null, 2) + "\n";
}

/** Words as the gate reads them; ways to find a tool may also have `-` or a blank for `_` (docs/spec/gate.md 2.3). */
function anyCase(words: readonly unknown[] = []): JsonObject[] {
  const texts = words.map(String);
  const forms = wordForms(texts);
  if (texts.includes(TARGET_KINDS[0]) || texts.includes(PROVENANCE_SOURCES[0])) return forms;
  const orNone = [...forms, { type: "string", pattern: "^\\s*$" }];
  if (!texts.includes(DISCOVERY_METHODS[0])) return orNone;
  return JSON.parse(JSON.stringify(orNone).replaceAll("_[", "[-_ ]["));
}

/** A writer gives every member but the optional ones, and no null unless the member is nullable. */
function asWritten(schema: Json, published: OfArtifact, top = true): Json {
  if (!isObject(schema)) return schema;
  const { anyOf, properties, items } = schema;
  if (Array.isArray(anyOf)) return asWritten(anyOf[0]!, published, top);
  if (Array.isArray(items) || isObject(items)) {
    return { type: "array", items: asWritten(items, published, false) };
  }
  if (!isObject(properties)) return withoutDefault(schema);
  const members = Object.entries(properties).map(([name, value]): [string, Json] => {
    if (top && name === "schema_id" && published.schemaId) {
      return [name, { type: "string", const: published.schemaId }];
    }
    if (top && published.digests?.includes(name)) return [name, DIGEST];
    const known = BY_NAME.find(([pattern]) => pattern.test(name))?.[1];
    const shaped = known ?? asWritten(value, published, false);
    return [name, published.nullable?.includes(name) ? { anyOf: [shaped, { type: "null" }] } : shaped];
  });
  const required = members.map(([name]) => name).filter((name) => !published.optional?.includes(name));
  return { type: "object", properties: Object.fromEntries(members), required };
}

function withoutDefault({ default: _, ...schema }: { [name: string]: Json }): Json {
  return schema;
}

function isObject(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

if (import.meta.main) {
  let stale = 0;
  for (const published of PUBLISHED) {
    const target = new URL(published.file, folder);
    const text = renderSchema(published);
    if (Deno.args.includes("--check")) {
      if (await Deno.readTextFile(target).catch(() => "") === text) continue;
      console.error(`schemas/v1/${published.file} is stale: deno task schemas`);
      stale++;
    } else {
      await Deno.mkdir(new URL(".", target), { recursive: true });
      await Deno.writeTextFile(target, text);
    }
  }
  if (stale > 0) Deno.exit(1);
}
