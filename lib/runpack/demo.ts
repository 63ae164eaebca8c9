import { utf8 } from "../formats/bytes.ts";
import { EPOCH_1980, parseTime } from "../formats/time.ts";
import type { RecordInput } from "../schema/runpack.ts";
import { sha256 } from "../signing/mod.ts";

/** Run id of the demo. */
export const DEMO_RUN_ID = "run_demo";

const TIME = parseTime("2026-02-05T00:00:00Z");
const END = parseTime("2026-02-05T00:00:02Z");

const CALLS = [
  { tool: "tool.search", args: { query: "gait demo: offline verification" } },
  { tool: "tool.fetch", args: { url: "https://example.local/demo" } },
  { tool: "tool.summarize", args: { input_ref: "ref_1" } },
] as const;

/** The run that `gait demo` records: three calls, three results, three receipts, fixed times (docs/spec/core.md 10). */
export async function demoRun(producerVersion: string): Promise<RecordInput> {
  const head = {
    schema_id: "",
    schema_version: "",
    created_at: TIME,
    producer_version: producerVersion,
    run_id: DEMO_RUN_ID,
  };
  const numbered = CALLS.map((call, i) => ({ ...call, n: i + 1 }));
  return {
    run: {
      ...head,
      env: { os: "demo", arch: "demo", runtime: "go" },
      timeline: [
        { event: "start", ts: TIME, ref: "", relationship: undefined },
        { event: "finish", ts: END, ref: "", relationship: undefined },
      ],
    },
    intents: numbered.map(({ tool, args, n }) => ({
      ...head,
      intent_id: `intent_${n}`,
      tool_name: tool,
      args_digest: "",
      args: { ...args },
    })),
    results: numbered.map(({ n }) => ({
      ...head,
      intent_id: `intent_${n}`,
      status: "ok",
      result_digest: "",
      result: { ok: true, message: `demo result ${n}` },
    })),
    refs: {
      ...head,
      context_set_digest: "",
      context_evidence_mode: "",
      context_ref_count: 0,
      receipts: await Promise.all(numbered.map(async ({ tool, n }) => ({
        ref_id: `ref_${n}`,
        source_type: "demo",
        source_locator: tool,
        query_digest: await sha256(utf8(`query-${n}`)),
        content_digest: await sha256(utf8(`content-${n}`)),
        retrieved_at: TIME,
        redaction_mode: "reference",
        immutability: "",
        freshness_sla_seconds: 0,
        sensitivity_label: "",
        retrieval_params: undefined,
      }))),
    },
    capture_mode: "reference",
    normalization: { intent_args: undefined, result_payloads: undefined },
  };
}

/** The context for a run that specifies everything itself. */
export const FIXED_CONTEXT = { now: EPOCH_1980, os: "", arch: "", producer: "0.0.0-dev" } as const;
