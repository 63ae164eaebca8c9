import { type AnyCommand, defineCommand } from "../../commands/define.ts";
import { success } from "../../commands/outcome.ts";
import type { Entry } from "../../commands/table.ts";
import { helpLines } from "../help.ts";

/** `gait help`; the front door answers it by itself, so that `--help` and `-h` say the same. */
export function helpCommand(table: readonly Entry[]): AnyCommand {
  return defineCommand({
    explain: "Lists the commands by what they are for, or says all about one of them or about a group.",
    positionals: ["[command...]"],
    flags: {},
    needs: { read: true },
    examples: ["gait help", "gait help run", "gait help run record"],
    run: async ({ positionals, version }) =>
      success({}, await helpLines(positionals.join(" "), table, version)),
  });
}
