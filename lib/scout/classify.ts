import { lower, lset } from "../formats/text.ts";

/** What a tool seems to do. */
export type ToolCategory = "destructive" | "payment" | "data_store" | "state_change";

/** Tools whose names say that they change something, in lower case, unique and sorted (docs/spec/gate.md 6.3). */
export function candidateTools(names: readonly string[]): string[] {
  return lset(names.filter(isCandidate));
}

/** The first category that fits; `undefined` when a person has to look. */
export function categoryOf(name: string): ToolCategory | undefined {
  return CATEGORIES.find(([, words]) => hasWord(name, words))?.[0];
}

function isCandidate(name: string): boolean {
  if (name.startsWith("_")) return false;
  if (name.includes(".")) return true;
  // All capitals is a constant, and nobody names a tool in more than 48 characters.
  if (name === name.toUpperCase() || [...name].length > MAX_NAME) return false;
  return hasWord(name, CANDIDATE_WORDS);
}

function hasWord(name: string, words: readonly string[]): boolean {
  const lowered = lower(name);
  return words.some((word) => lowered.includes(word));
}

const MAX_NAME = 48;

/** In the order in which they are asked. */
const CATEGORIES: readonly (readonly [ToolCategory, readonly string[]])[] = [
  ["destructive", ["delete", "remove", "drop", "destroy", "truncate"]],
  ["payment", ["stripe", "payment", "charge", "refund", "billing", "invoice"]],
  ["data_store", ["postgres", "database", "db", "sql"]],
  [
    "state_change",
    [
      "write",
      "update",
      "create",
      "set",
      "save",
      "submit",
      "approve",
      "cancel",
      "pause",
      "resume",
      "restart",
    ],
  ],
];

/** `submit` classifies a tool, but makes none a candidate. */
const CANDIDATE_WORDS = CATEGORIES.flatMap(([, words]) => words).filter((word) => word !== "submit");
