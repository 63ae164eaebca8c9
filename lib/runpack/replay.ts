import { invalidInput } from "../errors/mod.ts";
import { compareBytewise, utf8 } from "../formats/bytes.ts";
import type { Intent } from "../schema/runpack.ts";
import type { Runpack } from "./read.ts";
import { type Digest, sha256 } from "../signing/mod.ts";

/** One replayed intent (docs/spec/core.md 5.3). */
export interface ReplayStep {
  /** Id of the intent. */
  readonly intent_id: string;
  /** Name of the tool. */
  readonly tool_name: string;
  /** Status of the result; `stubbed` or `missing_result` when none was recorded. */
  readonly status: string;
  /** The origin of the result. */
  readonly execution: "recorded" | "stubbed" | "missing" | "executed";
  /** The kind of tool that the stub represents. */
  readonly stub_type?: StubType;
  /** Digest of the result: 64 hex digits. */
  readonly result_digest?: string;
  /** Digest of the output of an executed command, whatever its status. */
  readonly output_digest?: string;
}

/** The result of a replay. */
export interface Replay {
  /** One step per intent, in order. */
  readonly steps: readonly ReplayStep[];
  /** Ids of intents without a result whose tool has no stub, sorted. */
  readonly missing: readonly string[];
}

/** What came of an executed intent. */
export interface Executed {
  readonly status: string;
  readonly digest: string;
  /** Digest of the output of a command; `digest` is that of the error text when it failed. */
  readonly outputDigest?: string;
}

/** Executes an intent, or declines by returning `undefined`. */
export interface Executor {
  (intent: Intent): Promise<Executed | undefined>;
  /**
   * Called with every intent before the first is executed, so that an error stops the replay before it has any
   * effect.
   */
  readonly check?: (intent: Intent) => Promise<void>;
}

/**
 * Replay a run in the order of its intents: use the executor if it accepts the intent, or else the recorded result, a
 * stub, or a missing result.
 *
 * @throws {GaitError} `invalid_input` for duplicate intents or results, which make the replay ambiguous
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
      const { status, digest, outputDigest: output } = executed;
      const outputDigest = output === undefined ? {} : { output_digest: output };
      steps.push({ ...head, status, execution: "executed", result_digest: digest, ...outputDigest });
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

/** Classes of tools with stubs and the parts of names that identify them; the first match wins. */
const CLASSES = [
  ["http", ["http", "fetch", "url"]],
  ["file", ["file", "path", "fs", "write"]],
  ["db", ["db", "sql", "query", "table"]],
  ["queue", ["queue", "topic", "publish", "kafka"]],
] as const satisfies readonly (readonly [StubType, readonly string[]])[];

/** Class of a stubbed tool. */
export type StubType = "http" | "file" | "db" | "queue";

/** The stub class of a tool by its name; `undefined` if it has none (docs/spec/core.md 5.3). */
export function stubTypeOf(toolName: string): StubType | undefined {
  const name = toolName.toLowerCase();
  return CLASSES.find(([, marks]) => marks.some((mark) => name.includes(mark)))?.[0];
}

/** The deterministic result digest of a stubbed call. */
export function stubDigest(intent: Intent, runId: string, type: StubType): Promise<Digest> {
  const tool = intent.tool_name.trim().toLowerCase();
  const args = intent.args_digest.trim().toLowerCase();
  return sha256(utf8(`${runId}:${intent.intent_id}:${tool}:${args}:${type}`));
}
