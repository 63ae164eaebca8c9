/** Traces of a test, and an index of some of them. */
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import { utf8 } from "../../formats/bytes.ts";
import { traceIndex } from "./trace_index.ts";

/** The file of a trace. */
export const trace = (members: Record<string, unknown> = {}) =>
  utf8(JSON.stringify({
    schema_id: "gait.gate.trace",
    trace_id: "id",
    observed_at: "2026-11-20T08:00:00Z",
    tool_name: "tool.read",
    verdict: "allow",
    intent_digest: "i1",
    policy_digest: "p1",
    ...members,
  }));

/** An index of so many traces, each a second newer than the one before, that counts which files are read. */
export async function countedIndex(count: number, limit?: number) {
  const files = memoryFiles();
  const at = (i: number) => new Date(Date.UTC(2026, 10, 20) + i * 1000).toISOString();
  await files.makeFolder("gait-out");
  // Written in an order that has nothing to do with their names.
  for (let i = 0; i < count; i++) {
    await files.writeAtomic(`gait-out/trace_${(i * 7_919) % count}.json`, trace({ observed_at: at(i) }));
  }
  const read: string[] = [];
  let clock = 0;
  const counted = {
    ...files,
    read: (path: string, most?: number) => (read.push(path), files.read(path, most)),
    async stat(path: string) {
      const info = await files.stat(path);
      const number = Number(/trace_([0-9]+)/.exec(path)?.[1] ?? 0);
      for (let i = 0; info && i < count; i++) {
        if ((i * 7_919) % count === number) return { ...info, modified: i };
      }
      return info;
    },
  };
  const options = { now: () => clock++, onChange: () => {}, ...(limit === undefined ? {} : { limit }) };
  return { index: traceIndex(["gait-out"], counted, options), read, files, counted };
}
