import { utf8 } from "../formats/bytes.ts";
import type { Intent } from "../schema/runpack.ts";
import { type Digest, sha256 } from "../signing/mod.ts";

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
