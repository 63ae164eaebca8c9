import { dispatch } from "./lib/cli/dispatch.ts";
import { withEventLogs } from "./lib/cli/event_logs.ts";
import { HOT } from "./lib/commands/hot.ts";
import { narrowPermissions, realConsole, systemEffects } from "./lib/effects/mod.ts";
import { VERSION } from "./lib/version.ts";

const context = {
  hot: HOT,
  table: async () => (await import("./lib/cli/whole_table.ts")).wholeTable,
  effects: systemEffects({ ownsProcess: true }),
  console: realConsole(),
  version: VERSION,
  narrow: narrowPermissions,
};
Deno.exit(await withEventLogs(Deno.args, context, dispatch));
