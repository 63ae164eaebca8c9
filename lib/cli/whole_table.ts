import { type Entry, TABLE } from "../commands/table.ts";
import { withBuiltins } from "./builtins.ts";

/** Every command that there is. Loaded only when a line is not that of a hot command (lib/commands/hot.ts). */
export const wholeTable: readonly Entry[] = withBuiltins(TABLE);
