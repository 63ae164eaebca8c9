import type { Found, Subject } from "./subject.ts";
import { lineEndOf } from "../formats/yaml/line_start.ts";
import type { Limit, Rule } from "../policy/types.ts";

/** Find rules with the same name, and documents that are ignored. */
export function findInFile({ policy, written }: Subject): Found[] {
  const firstOf = new Map<string, number>();
  const found: Found[] = [];
  policy.rules.forEach(({ name, priority }, rule) => {
    const first = firstOf.get(name);
    if (first === undefined) firstOf.set(name, rule);
    else {
      found.push({
        id: "duplicate-rule-name",
        message: `The rule of priority ${policy.rules[first]!.priority} is called "${name}" too` +
          (priority === policy.rules[first]!.priority ? "" : `, this one has priority ${priority}`),
        rule,
        path: ["name"],
      });
    }
  });
  if (written.documents > 1) {
    found.push({
      id: "ignored-document",
      message: `The file has ${written.documents} documents; all but the first are ignored`,
      path: [],
      at: secondDocument(written.text),
    });
  }
  return found;
}

/** The offset of the second document: a line that starts with `---` after some content. */
function secondDocument(text: string): number {
  let hasContent = false;
  for (let start = 0; start < text.length;) {
    const end = lineEndOf(text, start);
    const line = text.slice(start, end);
    if (hasContent && /^---(?=\s|$)/.test(line)) return start;
    hasContent ||= line.trim() !== "" && !/^(?:---|#|%)/.test(line);
    start = end + 1;
  }
  return 0;
}

/** A limit with its position. */
interface PlacedLimit {
  readonly rule: number;
  readonly kind: "rate_limit" | "destructive_budget";
  readonly limit: Limit;
}

const NAMES = { rate_limit: "rate limit", destructive_budget: "budget" } as const;

/** Find limits that share the counter of an earlier one (docs/spec/gate.md 4.4; weak spot 14). */
export function findSharedCounters({ policy: { rules } }: Subject): Found[] {
  const counters = new Map<string, EarlierLimits>();
  return rules.flatMap(limitsOf).flatMap((own): Found[] => {
    const { window, scope } = own.limit;
    // A budget by tool has its own counter key; one by identity doesn't.
    const key = [window, scope, scope === "identity" ? "" : own.kind].join(" ");
    const earlier = counters.get(key) ?? { first: undefined, ofAnyTool: undefined, byTool: new Map() };
    counters.set(key, earlier);
    const tools = scope === "identity" ? [] : rules[own.rule]!.match.toolNames;
    const other = sharedWith(earlier, tools);
    remember(own, tools, earlier);
    if (!other) return [];
    const where = other.rule === own.rule ? "this rule" : `"${rules[other.rule]!.name}"`;
    return [{
      id: "shared-counter",
      message: `The ${NAMES[own.kind]} counts on the counter of the ${NAMES[other.kind]} of ${where}: ` +
        `${scope}, by the ${window}`,
      rule: own.rule,
      path: [own.kind],
    }];
  });
}

function limitsOf({ rateLimit, destructiveBudget }: Rule, rule: number): PlacedLimit[] {
  return [
    ...(rateLimit ? [{ rule, kind: "rate_limit" as const, limit: rateLimit }] : []),
    ...(destructiveBudget ? [{ rule, kind: "destructive_budget" as const, limit: destructiveBudget }] : []),
  ];
}

/** Earlier limits with the same window and scope. */
interface EarlierLimits {
  first: PlacedLimit | undefined;
  ofAnyTool: PlacedLimit | undefined;
  readonly byTool: Map<string, PlacedLimit>;
}

/** The first earlier limit that also counts calls of one of these tools; an empty list means all tools. */
function sharedWith(earlier: EarlierLimits, tools: readonly string[]): PlacedLimit | undefined {
  if (tools.length === 0) return earlier.first;
  return earlier.ofAnyTool ?? tools.map((tool) => earlier.byTool.get(tool)).find((found) => found);
}

function remember(own: PlacedLimit, tools: readonly string[], earlier: EarlierLimits): void {
  earlier.first ??= own;
  if (tools.length === 0) earlier.ofAnyTool ??= own;
  for (const tool of tools) if (!earlier.byTool.has(tool)) earlier.byTool.set(tool, own);
}
