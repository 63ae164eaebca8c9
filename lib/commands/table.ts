import type { Entry } from "./entry.ts";
import { DECIDE } from "./table/decide.ts";
import { KEYS_AND_TRUST } from "./table/keys.ts";
import { NEVER_AGAIN } from "./table/never_again.ts";
import { THE_PROGRAM } from "./table/program.ts";
import { PROVE } from "./table/prove.ts";
import { START_HERE } from "./table/start.ts";
import { KNOW_YOUR_TOOLS } from "./table/tools.ts";
import { WORK_THAT_SURVIVES } from "./table/work.ts";

export type { Entry, Goal } from "./entry.ts";

/**
 * The command table: it drives dispatch, parsing, help, suggestions, completions, the man page, docs/cli.md and
 * permissions. The rows of each goal are in a file of their own.
 */
export const TABLE: readonly Entry[] = [
  ...START_HERE,
  ...DECIDE,
  ...PROVE,
  ...WORK_THAT_SURVIVES,
  ...NEVER_AGAIN,
  ...KNOW_YOUR_TOOLS,
  ...KEYS_AND_TRUST,
  ...THE_PROGRAM,
];
