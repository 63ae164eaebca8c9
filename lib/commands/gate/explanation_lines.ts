import type {
  Change,
  ExplainedCall,
  ExplainedTarget,
  Explanation,
  MatchedRule,
  NearRule,
} from "../../evaluate/explain/encode.ts";
import { dim, type Line, line } from "../text.ts";
import { verdictSpan } from "./report.ts";

/** An explanation for people: the rules that matched or came close, and what would change the verdict. */
export function explanationLines(explanation: Explanation): Line[] {
  const { calls, changes, missingFields } = explanation;
  return [
    ...(missingFields.length > 0
      ? [
        line(
          "No rule was evaluated: the policy fails closed, and this is missing or unknown: ",
          missingFields.join(", "),
        ),
      ]
      : []),
    ...calls.flatMap((call) => callLines(call, calls.length > 1)),
    ...(changes.length > 0
      ? [line("Any one of these would change the verdict:"), ...changes.map(changeLine)]
      : []),
  ];
}

function callLines({ tool, verdict, matched, near }: ExplainedCall, several: boolean): Line[] {
  return [
    ...(several ? [line(tool, ": ", verdictSpan(verdict))] : []),
    ...(matched.length === 0 ? [line("No rule matched: the default verdict decides")] : []),
    ...matched.flatMap(matchedLines),
    ...near.map(nearLine),
  ];
}

function matchedLines({ name, priority, effect, deciding, raisedBy }: MatchedRule): Line[] {
  return [
    line(
      "matched  ",
      name,
      dim(` (priority ${priority})`),
      ": ",
      verdictSpan(effect),
      deciding ? "" : dim("  outvoted"),
    ),
    ...raisedBy.flatMap(({ constraint, effect, reasonCodes, targets }) => [
      line(
        dim("         "),
        `its ${constraint} condition gives `,
        verdictSpan(effect),
        ": ",
        reasonCodes.join(", "),
      ),
      ...targets.map(targetLine),
      ...(reasonCodes.includes("endpoint_nothing_checked")
        ? [line(dim("           "), "its allow lists apply to no target of the call")]
        : []),
    ]),
  ];
}

function targetLine({ kind, value, comparedAs, reasonCodes }: ExplainedTarget): Line {
  const reading = comparedAs.length === 0 ? "ambiguous" : `compared as ${listed(comparedAs)}`;
  return line(
    dim("           "),
    `${kind} ${shortened(value)}`,
    dim(` (${reading})`),
    ": ",
    reasonCodes.join(", "),
  );
}

/** Characters of a value to show. */
const SHOWN_VALUE = 120;

function shortened(value: string): string {
  return value.length <= SHOWN_VALUE ? value : `${value.slice(0, SHOWN_VALUE)}…`;
}

function nearLine({ name, priority, key, wants, has, verdictThen }: NearRule): Line {
  return line(
    "close    ",
    name,
    dim(` (priority ${priority})`),
    `: ${key} requires ${listed(wants)}, the call has ${listed(has)}`,
    dim(`; with it: ${verdictThen}`),
  );
}

function changeLine(change: Change): Line {
  switch (change.kind) {
    case "match":
      return line(`  ${change.key} matches rule ${change.rule}  `, dim("→ "), verdictSpan(change.verdict));
    case "constraint":
      return line(`  the ${change.constraint} condition is met  `, dim("→ "), verdictSpan(change.verdict));
    case "approval":
      return line(`  approvals: ${change.approvals}  `, dim("→ "), verdictSpan(change.verdict));
    case "evidence":
      return line(`  ${change.field} is given  `, dim("→ the rules decide"));
  }
}

/** Number of texts to list; the rest is counted. */
const SHOWN = 5;

function listed(texts: readonly string[]): string {
  if (texts.length === 0) return "none";
  const rest = texts.length - SHOWN;
  return texts.slice(0, SHOWN).join("|") + (rest > 0 ? ` (+${rest})` : "");
}
