import { type Entry, TABLE } from "../commands/table.ts";
import { withBuiltins } from "./builtins.ts";

/** All commands. Loaded only if the line does not name a hot command (lib/commands/hot.ts). */
export const wholeTable: readonly Entry[] = withBuiltins(TABLE);
