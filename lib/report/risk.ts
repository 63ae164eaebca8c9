import { trimLower } from "../formats/text.ts";
import { trimChars } from "../formats/trim.ts";
import type { Receipt } from "../schema/runpack.ts";
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

/** Parts of a tool's name that indicate its class; the first class with a match wins. */
const CLASS_WORDS: readonly (readonly [ToolClass, readonly string[]])[] = [
  ["destructive", ["delete", "drop", "destroy", "remove", "purge"]],
  ["write", ["write", "update", "save", "send", "export", "create"]],
  ["read", ["read", "list", "get", "search", "fetch"]],
];

/** The class of a tool, by its name alone; a name that indicates nothing may execute anything. */
export function toolClass(toolName: string): ToolClass {
  const name = trimLower(toolName);
  return CLASS_WORDS.find(([, words]) => words.some((word) => name.includes(word)))?.[0] ?? "execute";
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

/** Blast radius of all calls of a run, by the sources of its context. */
export async function radiusOfReceipts(receipts: readonly Receipt[]): Promise<BlastRadius> {
  const targets: string[] = [];
  for (const { source_type: type, source_locator: locator } of receipts) {
    targets.push(
      `${await plainWord(trimLower(type))}:${(await plainWord(trimLower(locator))).slice(0, LOCATOR)}`,
    );
  }
  return radius(targets, [...WIDE, "db"]);
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
