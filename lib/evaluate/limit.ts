import type { Limit } from "../policy/types.ts";

/** The strictest limit: fewer requests, then minute before hour, then the smaller name of a scope. */
export function strictestLimit(limits: Iterable<Limit | undefined>): Limit | undefined {
  let strictest: Limit | undefined;
  for (const limit of limits) {
    if (limit && (!strictest || isStricter(limit, strictest))) strictest = limit;
  }
  return strictest;
}

function isStricter(left: Limit, right: Limit): boolean {
  if (left.requests !== right.requests) return left.requests < right.requests;
  if (left.window !== right.window) return left.window === "minute";
  return left.scope < right.scope;
}
