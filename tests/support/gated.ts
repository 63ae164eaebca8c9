import { argv } from "./argv.ts";
import { unpack } from "./sample_run.ts";
import type { Stage } from "./gait.ts";

/** The policy of {@linkcode gatedSession}. */
export const GATED_POLICY = `default_verdict: block
rules:
  - {name: read, effect: allow, match: {tool_names: [tool.read]}}
  - {name: write, effect: require_approval, match: {tool_names: [tool.write]}}
`;

/** An intent of the session. */
export function gatedCall(tool: string, n = 0, session = "s1") {
  return {
    tool_name: tool,
    args: { n },
    context: { identity: "agent", workspace: "/w", risk_class: "low", session_id: session },
  };
}

/**
 * A session that a user gates by hand: a read is allowed, a write is stopped, approved by dana and allowed, a removal
 * is blocked; the two allowed calls have results. Traces are in `t`, the approval is `approval.json`, keys are in
 * `gate` and `dana`, both trusted.
 */
export async function gatedSession({ gait, write, read }: Stage): Promise<void> {
  await gait`keys init --out-dir gate --prefix gate`;
  await gait`keys init --out-dir dana --prefix dana`;
  await gait`keys trust add gate/gate_public.key --name gate`;
  await gait`keys trust add dana/dana_public.key --name dana`;
  await write("policy.yaml", GATED_POLICY);
  for (const tool of ["tool.read", "tool.write", "tool.rm"]) {
    await write(`${tool}.json`, JSON.stringify(gatedCall(tool)));
  }
  const evaluate =
    argv`gate eval --policy policy.yaml --key-mode prod --private-key gate/gate_private.key --json
    --approval-public-key dana/dana_public.key --intent`;
  const decide = async (tool: string, ...rest: string[]) => {
    const { json, stderr } = await gait(
      ...evaluate,
      `${tool}.json`,
      "--trace-out",
      `t/trace_${tool}${rest.length}.json`,
      ...rest,
    );
    if (!json.trace_path) throw new Error(stderr);
    return json.trace_path as string;
  };
  const read1 = await decide("tool.read");
  const stopped = await decide("tool.write");
  await gait`approve --from-trace ${stopped} --intent tool.write.json --policy policy.yaml --ttl 1h --yes
    --approver dana --reason-code CHG-7 --out approval.json --key-mode prod
    --private-key dana/dana_private.key`;
  const allowed = await decide("tool.write", "--approval-token", "approval.json");
  await decide("tool.rm");
  const results: string[] = [];
  for (const path of [read1, allowed]) {
    const { trace_id, event_id, observed_at } = JSON.parse(await read(path));
    results.push(JSON.stringify({
      schema_id: "gait.gate.result",
      schema_version: "1.0.0",
      created_at: observed_at,
      trace_id,
      event_id,
      status: "ok",
      result: { done: true },
    }));
  }
  await write("results.jsonl", results.join("\n") + "\n");
}

/** A call of a run with its result. */
export interface RunEntry {
  readonly intent_id: string;
  readonly tool_name: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly status?: string;
  readonly result?: Readonly<Record<string, unknown>>;
}

/** The calls in the bytes of a runpack, each with its result. */
export async function entriesOf(runpack: Uint8Array<ArrayBuffer>): Promise<RunEntry[]> {
  const entries = new Map<string, Uint8Array>(await unpack(runpack));
  const lines = (name: string): RunEntry[] =>
    new TextDecoder().decode(entries.get(name)).split("\n").filter(Boolean).map((text) => JSON.parse(text));
  const results = new Map(lines("results.jsonl").map((result) => [result.intent_id, result]));
  return lines("intents.jsonl").map((intent) => ({ ...results.get(intent.intent_id), ...intent }));
}
