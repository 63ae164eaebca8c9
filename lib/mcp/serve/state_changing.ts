import { lower, trim } from "../../formats/text.ts";
import type { Intent } from "../../intent/types.ts";

const words = (text: string) => text.split(" ");

const READ = words("read list query search inspect get fetch head describe");
const WRITE = words(
  "write create update delete remove insert upsert patch set put post commit apply approve execute exec run",
);
const READ_PREFIXES = words("get read list query search inspect fetch describe");
const WRITE_PREFIXES = WRITE.filter((word) => word !== "execute");
const EMPTY_WORDS = ["tool", "tools", "mcp", "function"];

/**
 * Whether a call seems to change state, so that a pack is written even if the request asks for none (docs/spec/mcp.md
 * 6.4): by the operations of its targets, else by the words of its name. This heuristic only decides about evidence;
 * no verdict depends on it.
 */
export function changesState({ targets, toolName }: Pick<Intent, "targets" | "toolName">): boolean {
  const operations = targets.map(({ operation }) => trim(operation)).filter((operation) => operation !== "");
  if (operations.length > 0) return operations.some((operation) => !READ.includes(operation));
  const word = tellingWord(lower(toolName).split(/[^a-z0-9]+/).filter((part) => part !== ""));
  if (word === undefined) return false;
  return WRITE.includes(word) || (!READ.includes(word) && startsWithOne(word, WRITE_PREFIXES));
}

function tellingWord(parts: readonly string[]): string | undefined {
  return parts.find((part) => WRITE.includes(part) || READ.includes(part)) ??
    parts.find((part) => startsWithOne(part, WRITE_PREFIXES) || startsWithOne(part, READ_PREFIXES)) ??
    parts.find((part) => !EMPTY_WORDS.includes(part));
}

function startsWithOne(word: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => word.startsWith(prefix));
}
