import { type AnyCommand, defineCommand } from "../../commands/define.ts";
import { success } from "../../commands/outcome.ts";
import type { Entry } from "../../commands/table.ts";
import { helpLines } from "../help.ts";

/** `gait help`. Dispatch answers it directly, so that `--help` and `-h` print the same text. */
export function helpCommand(table: readonly Entry[]): AnyCommand {
  return defineCommand({
    explain: "Lists the commands by purpose, or describes one command or group in full; with --json as data.",
    positionals: ["[command...]"],
    flags: {},
    needs: { read: true },
    examples: ["gait help", "gait help run", "gait help run record", "gait help --json"],
    run: async ({ positionals, version }) =>
      success({}, await helpLines(positionals.join(" "), table, version)),
  });
}
