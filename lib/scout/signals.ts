import { lower, lset, set } from "../formats/text.ts";
import type { GeneratedRule, Signal, Survey } from "./types.ts";

/** Derive signals and suggested rules from the frameworks and tools of a repository (docs/spec/gate.md 6.3). */
export function concludeSurvey(
  frameworks: readonly string[],
  toolNames: readonly string[],
  warnings: readonly string[] = [],
): Survey {
  const candidates = candidateTools(toolNames);
  const of = (category: ToolCategory | undefined) =>
    candidates.filter((name) => categoryOf(name) === category);
  const tools: ToolsByCategory = {
    destructive: of("destructive"),
    state_change: of("state_change"),
    payment: of("payment"),
    data_store: of("data_store"),
  };
  const found = set(frameworks);
  return {
    frameworks: found,
    toolNames: set(toolNames),
    candidates,
    signals: [...found.map(frameworkSignal), ...toolSignals(tools)],
    generatedRules: generateRules(tools),
    unknownSignals: unknownSignals(of(undefined)),
    warnings,
  };
}

type ToolsByCategory = Readonly<Record<ToolCategory, readonly string[]>>;

function frameworkSignal(framework: string): Signal {
  return {
    code: `framework.${framework}`,
    category: "framework",
    value: framework,
    confidence: "high",
    evidence: [framework],
    reason: `Sources use ${framework}`,
  };
}

const SIGNALS: readonly (readonly [ToolCategory, string])[] = [
  ["destructive", "The names of tools say that they destroy something"],
  ["state_change", "The names of tools say that they change something"],
  ["payment", "The names of tools say that they move money"],
  ["data_store", "The names of tools say that they access a database"],
];

function toolSignals(tools: ToolsByCategory): Signal[] {
  return SIGNALS.filter(([category]) => tools[category].length > 0).map(([category, reason]) => ({
    code: `tool.${category}`,
    category: `${category}_tools`,
    value: `${category}_tools`,
    confidence: "high",
    evidence: tools[category],
    reason,
  }));
}

function generateRules(tools: ToolsByCategory): GeneratedRule[] {
  const block: GeneratedRule = {
    id: "starter.block.destructive",
    name: "block-destructive-tools",
    effect: "block",
    priority: 10,
    matchToolNames: tools.destructive.slice(0, 6),
    reasonCodes: ["destructive_tool_blocked"],
    confidence: "high",
    rationale: "What a tool destroys can't be restored, so it is blocked until someone allows it",
  };
  const approve: GeneratedRule = {
    id: "starter.require_approval.state_change",
    name: "require-approval-state-changing-tools",
    effect: "require_approval",
    priority: 20,
    matchToolNames: set([...tools.state_change, ...tools.payment, ...tools.data_store]).slice(0, 8),
    reasonCodes: ["approval_required_for_state_change"],
    confidence: "high",
    rationale: "Tools that change state, move money or access a database need a person's approval",
  };
  return [block, approve].filter((rule) => rule.matchToolNames.length > 0);
}

function unknownSignals(unclassified: readonly string[]): Signal[] {
  if (unclassified.length === 0) return [];
  return [{
    code: "tool.unclassified",
    category: "unclassified_tools",
    value: "manual_review",
    confidence: "low",
    evidence: unclassified.slice(0, 8),
    reason: "The names of these tools do not say what they do",
  }];
}

/** The presumed category of a tool. */
export type ToolCategory = "destructive" | "payment" | "data_store" | "state_change";

/** Tools whose names suggest that they change something, in lower case, unique and sorted (docs/spec/gate.md 6.3). */
export function candidateTools(names: readonly string[]): string[] {
  return lset(names.filter(isCandidate));
}

/** The first matching category; `undefined` if a person has to decide. */
export function categoryOf(name: string): ToolCategory | undefined {
  return CATEGORIES.find(([, words]) => hasWord(name, words))?.[0];
}

function isCandidate(name: string): boolean {
  if (name.startsWith("_")) return false;
  if (name.includes(".")) return true;
  // Names in all capitals are constants, and tool names rarely exceed 48 characters.
  if (name === name.toUpperCase() || [...name].length > MAX_NAME) return false;
  return hasWord(name, CANDIDATE_WORDS);
}

function hasWord(name: string, words: readonly string[]): boolean {
  const lowered = lower(name);
  return words.some((word) => lowered.includes(word));
}

const MAX_NAME = 48;

/** In order of precedence. */
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

/** `submit` classifies a tool, but does not make it a candidate. */
const CANDIDATE_WORDS = CATEGORIES.flatMap(([, words]) => words).filter((word) => word !== "submit");
