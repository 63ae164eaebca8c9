/**
 * `deno task bench:mcp taint`: how much of what comes back in another spelling is recognised in arguments, and how
 * much of what doesn't come back is. Real conversations are read from ../shared/real where that is at hand.
 */
import { createTaintMemory } from "../../lib/mcp/taint/memory.ts";
import { ENCODINGS } from "../../tests/support/encodings.ts";
import { conclude, ms, printTable } from "../table.ts";

const RECALL_BUDGET = 0.99;
const FALSE_BUDGET = 0.02;
const FROM = { kind: "tool_output", ref: "call" } as const;
const REAL = new URL("../../../shared/real/airline/", import.meta.url);

/** What an attacker wants to come through, at its shortest. */
const PAYLOADS = [
  "eve@evil.test",
  "a@b.de",
  "drop.evil.test",
  "x.io",
  "203.0.113.77",
  "9.9.9.9",
  "2001:db8::bad:1",
  "DE89370400440532013000",
  "GB82 WEST 1234 5698 7654 32",
  "wire it today",
  "Überweisung an Zoë, heute noch",
  "sk_live_4eC39HqLyjWD",
];

/** Every encoding alone, and pairs of them, up to 200; in turn the output and the argument is the encoded one. */
export function generatedEncodings(): { name: string; payload: string; output: string; argument: string }[] {
  const names = Object.keys(ENCODINGS);
  const pairs: string[][] = names.map((name) => [name]);
  for (let step = 1; pairs.length < 200; step++) {
    for (const [i, inner] of names.entries()) {
      const outer = names[(i * 7 + step * 3) % names.length]!;
      // Base64 and escapes of another case are other text.
      if (outer !== "upper" && outer !== "mixed_case" && outer !== inner) pairs.push([inner, outer]);
    }
  }
  return pairs.slice(0, 200).map((pair, i) => {
    const payload = PAYLOADS[i % PAYLOADS.length]!;
    const encoded = pair.reduce((text, name) => ENCODINGS[name]!(text), payload);
    const [output, argument] = i % 2 === 0 ? [payload, encoded] : [encoded, payload];
    return { name: pair.join(" in "), payload, output: `Result: ${output} (end)`, argument };
  });
}

function measureRecall(): void {
  const all = generatedEncodings();
  const missed = all.filter(({ output, argument }) => {
    const memory = createTaintMemory();
    memory.remember(FROM, { content: [{ type: "text", text: output }] });
    return memory.match({ argument }).length === 0;
  });
  const recall = 1 - missed.length / all.length;
  printTable("Recall of generated encodings", ["encodings", "recognised", "recall", "budget"], [[
    String(all.length),
    String(all.length - missed.length),
    recall.toFixed(3),
    recall >= RECALL_BUDGET ? `>= ${RECALL_BUDGET} ok` : `>= ${RECALL_BUDGET} UNDER`,
  ]]);
  for (const { name, payload } of missed) console.log(`  missed: ${name}: ${payload}`);
}

interface Message {
  readonly role: string;
  readonly content: string | null;
  readonly tool_calls?: readonly { function: { name: string; arguments: string } }[];
}

/**
 * Real calls, in the session of another conversation: nothing in them comes from its outputs, so every mark is wrong.
 * Conversations of the same task have the same customer, so they don't count.
 */
async function measureReal(): Promise<void> {
  const talks: { task: number; messages: readonly Message[] }[] = [];
  try {
    for await (const entry of Deno.readDir(REAL)) {
      if (!entry.name.endsWith(".json")) continue;
      const { task_id, messages } = JSON.parse(await Deno.readTextFile(new URL(entry.name, REAL)));
      talks.push({ task: task_id, messages });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log("\n  real conversations: skipped, ../shared/real is not at hand");
    return;
  }
  let [values, marked] = [0, 0];
  const seen = new Map<string, number>();
  for (const from of talks) {
    const memory = createTaintMemory();
    for (const { role, content } of from.messages) if (role === "tool") memory.remember(FROM, content);
    for (const to of talks) {
      if (to.task === from.task) continue;
      for (const call of callsOf(to.messages)) {
        const paths = new Set(memory.match(call.args).map(({ path }) => path));
        values += valuesOf(call.args);
        marked += paths.size;
        for (const path of paths) {
          seen.set(`${call.name} ${path}`, (seen.get(`${call.name} ${path}`) ?? 0) + 1);
        }
      }
    }
  }
  const share = marked / values;
  printTable("Marks on real calls that hold nothing of the session's outputs", [
    "arguments",
    "marked",
    "share",
    "budget",
  ], [[String(values), String(marked), share.toFixed(4), conclude(share, FALSE_BUDGET)]]);
  for (const [where, count] of [...seen].sort((a, b) => b[1] - a[1]).slice(0, 20)) {
    console.log(`  ${count} ${where}`);
  }
}

function* callsOf(messages: readonly Message[]) {
  for (const { tool_calls: calls = [] } of messages) {
    for (const call of calls ?? []) {
      yield { name: call.function.name, args: JSON.parse(call.function.arguments) as unknown };
    }
  }
}

/** Number of texts and numbers in arguments. */
function valuesOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce((sum: number, member) => sum + valuesOf(member), 0);
}

function measureSpeed(): void {
  const words = Array.from({ length: 4000 }, (_, i) => `word${(i * 7919) % 1009} item-${i}`).join(" ");
  const rows = [1_000, 10_000, 64_000].map((size) => {
    const text = words.slice(0, size);
    const memory = createTaintMemory();
    let start = performance.now();
    memory.remember(FROM, { text });
    const remember = performance.now() - start;
    start = performance.now();
    memory.match({ text });
    return [String(text.length), ms(remember), ms(performance.now() - start)];
  });
  printTable("Milliseconds for a text, first use included", ["characters", "remember", "match"], rows);
}

measureRecall();
await measureReal();
measureSpeed();
