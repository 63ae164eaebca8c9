import { compareBytewise } from "../formats/bytes.ts";
import type { Action } from "./actions.ts";

/** The values that actions can be grouped by. */
export const GROUPINGS = ["tool", "identity", "workspace"] as const;
export type GroupBy = typeof GROUPINGS[number];

/** Actions with the same tool, identity or workspace. */
export interface Group {
  readonly name: string;
  readonly actions: number;
  /** Score of the riskiest action. */
  readonly top_score: number;
  /** Sum of all scores. */
  readonly total_score: number;
}

/** Group actions; the group with the riskiest action first. */
export function groupActions(actions: readonly Action[], by: GroupBy): Group[] {
  const groups = new Map<string, { actions: number; top_score: number; total_score: number }>();
  for (const action of actions) {
    const name = by === "tool" ? action.entry.tool_name : action[by];
    const group = groups.get(name) ?? { actions: 0, top_score: 0, total_score: 0 };
    group.actions++;
    group.total_score += action.entry.score;
    group.top_score = Math.max(group.top_score, action.entry.score);
    groups.set(name, group);
  }
  return [...groups].map(([name, group]) => ({ name, ...group })).sort((a, b) =>
    b.top_score - a.top_score || b.total_score - a.total_score || compareBytewise(a.name, b.name)
  );
}
