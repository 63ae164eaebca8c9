import { invalidInput } from "../errors/mod.ts";
import { compareBytewise, utf8 } from "../formats/bytes.ts";
import type { Intent } from "../schema/runpack.ts";
import type { Runpack } from "./read.ts";
import { type Digest, sha256 } from "../signing/mod.ts";

/** One replayed intent (docs/spec/core.md 5.3). */
export interface ReplayStep {
  /** Id of the intent. */
  readonly intent_id: string;
  /** The tool that it asked for. */
  readonly tool_name: string;
  /** Status of the result; `stubbed` or `missing_result` when none was recorded. */
  readonly status: string;
  /** Where the result comes from. */
  readonly execution: "recorded" | "stubbed" | "missing" | "executed";
  /** What kind of tool the stub stands for. */
  readonly stub_type?: StubType;
  /** Digest of the result: 64 hex digits. */
  readonly result_digest?: string;
}

/** What a replay came to. */
export interface Replay {
  /** One step an intent, in order. */
  readonly steps: readonly ReplayStep[];
  /** Ids of intents without result whose tool nothing can stand in for, sorted. */
  readonly missing: readonly string[];
}

/** Executes an intent for real, or declines. */
export interface Executor {
  (intent: Intent): Promise<{ status: string; digest: string } | undefined>;
  /** Called with every intent before the first is executed: what it throws stops a replay that has done nothing yet. */
  readonly check?: (intent: Intent) => Promise<void>;
}

/**
 * Replay a run in the order of its intents: execute what the executor takes, else repeat the recorded result,
 * else stand in for the tool, else report it missing.
 *
 * @throws {GaitError} `invalid_input` when an intent or a result occurs twice: there is no one answer then
 */
export async function replayRun(
  pack: Runpack,
  execute: Executor = () => Promise.resolve(undefined),
): Promise<Replay> {
  refuseRepeated(pack.intents, "intent");
  refuseRepeated(pack.results, "result");
  const recorded = new Map(pack.results.map((result) => [result.intent_id, result]));
  const steps: ReplayStep[] = [];
  for (const intent of pack.intents) await execute.check?.(intent);
  for (const intent of pack.intents) {
    const head = { intent_id: intent.intent_id, tool_name: intent.tool_name };
    const executed = await execute(intent);
    const result = recorded.get(intent.intent_id);
    const type = stubTypeOf(intent.tool_name);
    if (executed) {
      steps.push({ ...head, status: executed.status, execution: "executed", result_digest: executed.digest });
    } else if (result) {
      steps.push({
        ...head,
        status: result.status,
        execution: "recorded",
        result_digest: result.result_digest,
      });
    } else if (type) {
      const digest = await stubDigest(intent, pack.run.run_id, type);
      steps.push({
        ...head,
        status: "stubbed",
        execution: "stubbed",
        stub_type: type,
        result_digest: digest,
      });
    } else {
      steps.push({ ...head, status: "missing_result", execution: "missing" });
    }
  }
  const missing = steps.filter((step) => step.execution === "missing").map((step) => step.intent_id);
  return { steps, missing: missing.sort(compareBytewise) };
}

function refuseRepeated(records: readonly { readonly intent_id: string }[], kind: string): void {
  const seen = new Set<string>();
  for (const { intent_id: id } of records) {
    if (seen.has(id)) throw invalidInput(`Cannot replay run: two ${kind} records have the id "${id}"`);
    seen.add(id);
  }
}

/** Classes of tools that replay can stand in for, with the marks in their names; the first match counts. */
const CLASSES = [
  ["http", ["http", "fetch", "url"]],
  ["file", ["file", "path", "fs", "write"]],
  ["db", ["db", "sql", "query", "table"]],
  ["queue", ["queue", "topic", "publish", "kafka"]],
] as const satisfies readonly (readonly [StubType, readonly string[]])[];

/** Class of a stubbed tool. */
export type StubType = "http" | "file" | "db" | "queue";

/** The stub class of a tool by its name, `undefined` when replay can't stand in for it (docs/spec/core.md 5.3). */
export function stubTypeOf(toolName: string): StubType | undefined {
  const name = toolName.toLowerCase();
  return CLASSES.find(([, marks]) => marks.some((mark) => name.includes(mark)))?.[0];
}

/** The digest that stands for the result of a stubbed call: the same call always gives the same one. */
export function stubDigest(intent: Intent, runId: string, type: StubType): Promise<Digest> {
  const tool = intent.tool_name.trim().toLowerCase();
  const args = intent.args_digest.trim().toLowerCase();
  return sha256(utf8(`${runId}:${intent.intent_id}:${tool}:${args}:${type}`));
}
