import type { Effects } from "../../effects/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import type { AskStop } from "../../mcp/emergency_stop.ts";

/** Asks the jobs under a root whether one of them was stopped. */
export function askStopOf(root: string, _actor: string, _effects: Effects, _version: string): AskStop {
  return (jobId) => Promise.reject(invalidInput(`Cannot read job "${jobId}" under "${root}"`));
}
