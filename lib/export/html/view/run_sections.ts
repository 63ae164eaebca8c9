import { isJsonObject, type JsonObject, type JsonValue } from "../../../formats/json/mod.ts";
import { parseTime, type Rfc3339 } from "../../../formats/time.ts";
import type { Receipt, Run } from "../../../schema/runpack.ts";
import { type ScannedRunpack, scanRunpack } from "../../../pack/scan_runpack.ts";
import {
  type Fact,
  facts,
  inOrder,
  json,
  type RecordView,
  type Step,
  tagOf,
  timeText,
  word,
} from "./step.ts";

/** An intent or result with all other members of its record. */
type Seen = Readonly<Record<string, unknown>> & { readonly intent_id: string; readonly created_at: string };

/**
 * The intents, results and context of a runpack.
 *
 * @throws {GaitError} as reading the runpack does
 */
export async function viewRun(bytes: Uint8Array<ArrayBuffer>): Promise<RecordView> {
  const intents: Seen[] = [];
  const results = new Map<string, Seen[]>();
  const scanned = await scanRunpack(bytes, {
    intent: (intent) => void intents.push(intent as unknown as Seen),
    result(result) {
      const seen = results.get(result.intent_id) ?? [];
      seen.push(result as unknown as Seen);
      results.set(result.intent_id, seen);
    },
  });
  const requested = new Set(intents.map(({ intent_id }) => intent_id));
  const unmatched = [...results].filter(([id]) => !requested.has(id)).flatMap(([, list]) => list);
  const calls = [
    ...intents.map((intent) => callStep(intent, results.get(intent.intent_id) ?? [])),
    ...unmatched.map((result) => ({ ...callStep(result, [result]), kind: "result without a call" })),
  ];
  return {
    facts: runFacts(scanned),
    sections: [
      { title: "Timeline", steps: inOrder([...eventSteps(scanned.run), ...calls]) },
      { title: "Context that the agent was given", steps: scanned.refs.receipts.map(receiptStep) },
    ],
  };
}

function runFacts({ run, manifest, intents, results }: ScannedRunpack): Fact[] {
  const { os = "", arch = "", runtime = "" } = run.env;
  return facts(
    ["Run", run.run_id],
    ["Recorded", timeText(run.created_at)],
    ["Producer", run.producer_version],
    ["Environment", [os, arch, runtime].filter((part) => part !== "").join(", ")],
    ["Capture mode", manifest.capture_mode],
    ["Calls", `${intents}, with ${results} results`],
    ["Runpack manifest", manifest.manifest_digest],
  );
}

/** A call with all its results; the last one determines the status. */
function callStep(intent: Seen, results: readonly Seen[]): Step {
  const last = results.at(-1);
  const payload = last?.result;
  const result = isJsonObject(payload as JsonValue) ? payload as JsonObject : {};
  return {
    time: timeText(parseTime(intent.created_at)),
    kind: "call",
    title: word(intent.tool_name) || intent.intent_id,
    ...tagOf(word(result.verdict), word(last?.status), last === undefined ? "no result" : ""),
    facts: facts(
      ["Intent", intent.intent_id],
      ["Reasons", Array.isArray(result.reason_codes) ? result.reason_codes.map(word).join(", ") : ""],
      ["Arguments, SHA-256", word(intent.args_digest)],
      ["Arguments", json(intent.args)],
      ...results.flatMap((one): Fact[] => [
        ["Result", word(one.status)],
        ["Result at", timeText(parseTime(one.created_at))],
        ["Result, SHA-256", word(one.result_digest)],
        ["Result content", json(one.result)],
      ]),
    ),
  };
}

function eventSteps({ timeline }: Run): Step[] {
  return (timeline ?? []).map(({ event, ts, ref, relationship }) => ({
    time: timeText(ts),
    kind: "event",
    title: event,
    facts: facts(["Refers to", ref], ["Relationship", json(relationship)]),
  }));
}

function receiptStep(receipt: Receipt): Step {
  return {
    time: timeText(receipt.retrieved_at as Rfc3339),
    kind: "context",
    title: receipt.source_locator || receipt.ref_id,
    facts: facts(
      ["Reference", receipt.ref_id],
      ["Source", receipt.source_type],
      ["Query, SHA-256", receipt.query_digest],
      ["Content, SHA-256", receipt.content_digest],
      ["Redaction", receipt.redaction_mode],
      ["Immutability", receipt.immutability],
      ["Sensitivity", receipt.sensitivity_label],
    ),
  };
}
