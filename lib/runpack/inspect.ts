import { compareBytewise, uniqueSorted } from "../formats/bytes.ts";
import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import { toUtc } from "../formats/time.ts";
import { omitEmpty } from "../schema/fields.ts";
import type { Result } from "../schema/runpack.ts";
import type { Runpack } from "./read.ts";

/** The content of a runpack, intent by intent (docs/spec/core.md 5.2). */
export interface Inspection {
  readonly entries: readonly JsonObject[];
  readonly unmatched: readonly JsonObject[];
  readonly warnings: readonly string[];
}

/** Match the intents of a runpack with their results; the first result of an intent wins. */
export function inspectRunpack({ intents, results }: Runpack): Inspection {
  const first = new Map<string, Result>();
  const doubled = new Set<string>();
  for (const result of results) {
    if (first.has(result.intent_id)) doubled.add(result.intent_id);
    else first.set(result.intent_id, result);
  }
  const known = new Set(intents.map((intent) => intent.intent_id));
  const entries = intents.map((intent, i) =>
    omitEmpty({
      index: i + 1,
      intent_id: intent.intent_id,
      tool_name: intent.tool_name,
      created_at: toUtc(intent.created_at),
      args_digest: intent.args_digest,
      ...outcomeOf(first.get(intent.intent_id)),
    }, ...OPTIONAL)
  );
  const unmatched = [...first.values()].filter((result) => !known.has(result.intent_id))
    .sort((a, b) =>
      compareBytewise(a.intent_id, b.intent_id) || compareBytewise(a.result_digest, b.result_digest)
    )
    .map((result) => omitEmpty({ intent_id: result.intent_id, ...outcomeOf(result) }, ...OPTIONAL));
  const warnings = [...doubled].map((id) =>
    `multiple result records for intent_id=${id || "(empty)"} (kept first)`
  );
  return { entries, unmatched, warnings: warnings.sort(compareBytewise) };
}

const OPTIONAL = ["args_digest", "status", "result_digest", "verdict", "reason_codes", "violations"];

function outcomeOf(record: Result | undefined): JsonObject {
  if (!record) return {};
  const verdict = record.result?.verdict;
  return {
    status: record.status,
    result_digest: record.result_digest,
    verdict: typeof verdict === "string" ? verdict.trim() : "",
    reason_codes: textsOf(record.result?.reason_codes),
    violations: textsOf(record.result?.violations),
  };
}

function textsOf(value: JsonValue | undefined): string[] {
  const items = Array.isArray(value) ? value : [value];
  return uniqueSorted(items.filter((item) => typeof item === "string"));
}
