import { trim, trimLower } from "../formats/text.ts";
import { trimChars } from "../formats/trim.ts";
import type { Receipt } from "../schema/runpack.ts";
import { intentIdOf, isTraceReceipt } from "../runpack/trace_receipts.ts";
import type { ToolClass } from "../schema/report.ts";
import { sha256 } from "../signing/mod.ts";

/** The blast radius of an action: 1 inside, 2 shared systems, 3 production, money or people. */
export type BlastRadius = 1 | 2 | 3;

/** Weight of a class in the score. */
export const CLASS_WEIGHT: Readonly<Record<ToolClass, number>> = {
  read: 1,
  execute: 2,
  write: 3,
  destructive: 4,
};

/** Parts of a tool's name that indicate its class, wherever they are in it; the first class with a match wins. */
const GRAVE_PARTS: readonly (readonly [ToolClass, readonly string[]])[] = [
  ["destructive", ["delete", "drop", "destroy", "remove", "purge"]],
  ["write", ["write", "update", "save", "send", "export", "create"]],
];

/** Words of a tool's name that indicate that it only reads. */
const READ_WORDS: ReadonlySet<string> = new Set(["read", "list", "get", "search", "fetch"]);

/**
 * The class of a tool, by its name alone; a name that indicates nothing may execute anything. A part of a word is
 * enough to raise the class, as in `deleteuser`, but only a whole word lowers it: `widget` and `target` get nothing.
 */
export function toolClass(toolName: string): ToolClass {
  const name = trimLower(toolName);
  const grave = GRAVE_PARTS.find(([, parts]) => parts.some((part) => name.includes(part)))?.[0];
  return grave ?? (wordsOf(toolName).some((word) => READ_WORDS.has(word)) ? "read" : "execute");
}

/** The words of a name such as `crm.get_widget` or `getWidget`, in lower case. */
function wordsOf(name: string): string[] {
  return name.replace(/(?<=\p{Ll})(?=\p{Lu})/gu, " ").toLowerCase().split(/[^\p{L}\p{N}]+/u);
}

const WIDE = ["prod", "payment", "finance", "customer", "pii"];
const SHARED = ["internal", "staging", "queue"];

/** Blast radius of a trace, by its tool and its violations. */
export function radiusOfTrace(toolName: string, violations: readonly string[]): BlastRadius {
  const text = trimLower([toolName, ...violations].join(" "));
  return radius([text], [...WIDE, "ssn", "delete", "drop", "destroy"]);
}

/** Number of characters of a locator that are used. */
const LOCATOR = 48;

/**
 * Blast radius of the calls of a run, by the sources of its context. A receipt for the trace of a call counts for that
 * call; of the others no record states which call they were for, so they count for all.
 */
export async function radiusOfReceipts(
  receipts: readonly Receipt[],
): Promise<(intentId: string) => BlastRadius> {
  let ofAll: BlastRadius = 1;
  const byIntent = new Map<string, BlastRadius>();
  for (const receipt of receipts) {
    const { source_type: type, source_locator: locator } = receipt;
    const target = `${await plainWord(trimLower(type))}:${
      (await plainWord(trimLower(locator))).slice(0, LOCATOR)
    }`;
    const found = radius([target], [...WIDE, "db"]);
    if (!isTraceReceipt(receipt)) ofAll = wider(ofAll, found);
    else byIntent.set(trim(intentIdOf(receipt)), wider(byIntent.get(trim(intentIdOf(receipt))) ?? 1, found));
  }
  return (intentId) => wider(ofAll, byIntent.get(intentId) ?? 1);
}

function wider(left: BlastRadius, right: BlastRadius): BlastRadius {
  return left > right ? left : right;
}

function radius(texts: readonly string[], wide: readonly string[]): BlastRadius {
  const has = (words: readonly string[]) => texts.some((text) => words.some((word) => text.includes(word)));
  return has(wide) ? 3 : has(SHARED) ? 2 : 1;
}

/**
 * Convert a text to a word of `a-z0-9_` for reason codes and verdicts. A text without any such character becomes a
 * prefix of its digest, so that different texts stay different (docs/spec/regress.md section 4).
 */
export async function plainWord(text: string): Promise<string> {
  const plain = trimChars(trimLower(text).replace(/[^a-z0-9]/gu, "_"), (unit) => unit === "_");
  return plain === "" ? (await sha256(text)).slice(0, 16) : plain;
}
