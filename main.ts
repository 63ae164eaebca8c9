import { withBuiltins } from "./lib/cli/builtins.ts";
import { dispatch } from "./lib/cli/dispatch.ts";
import { withEventLogs } from "./lib/cli/event_logs.ts";
import { TABLE } from "./lib/commands/table.ts";
import { narrowPermissions, realConsole, realWorld } from "./lib/effects/mod.ts";
import { VERSION } from "./lib/version.ts";

const front = {
  table: withBuiltins(TABLE),
  world: realWorld({ ownsProcess: true }),
  console: realConsole(),
  version: VERSION,
  narrow: narrowPermissions,
};
Deno.exit(await withEventLogs(Deno.args, front, dispatch));
