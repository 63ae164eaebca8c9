import { compareBytewise } from "../formats/bytes.ts";
import { toUtc } from "../formats/time.ts";
import type { Action } from "./actions.ts";

/** How many actions there were on a day of UTC, and how many of them write or destroy. */
export interface DayOfActions {
  readonly day: string;
  readonly all: number;
  readonly grave: number;
}

/** The days that have actions, in order; an action whose time no record states is on none. */
export function actionsByDay(actions: readonly Action[]): DayOfActions[] {
  const days = new Map<string, { all: number; grave: number }>();
  for (const { time, entry } of actions) {
    if (time === undefined) continue;
    const day = toUtc(time).slice(0, 10);
    const count = days.get(day) ?? { all: 0, grave: 0 };
    count.all++;
    if (entry.tool_class === "write" || entry.tool_class === "destructive") count.grave++;
    days.set(day, count);
  }
  return [...days].sort(([a], [b]) => compareBytewise(a, b)).map(([day, count]) => ({ day, ...count }));
}
