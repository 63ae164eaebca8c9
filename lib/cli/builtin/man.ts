import { type AnyCommand, defineCommand } from "../../commands/define.ts";
import { success } from "../../commands/outcome.ts";
import type { Entry } from "../../commands/table.ts";
import { line } from "../../commands/text.ts";
import { loadAll } from "../catalog.ts";
import { manPage } from "../man.ts";

/** `gait man`. */
export function manCommand(table: readonly Entry[]): AnyCommand {
  return defineCommand({
    explain: "Prints the manual page of this program, to be read with man or to be installed.",
    flags: {},
    needs: { read: true },
    examples: ["gait man | man -l -", "gait man > /usr/local/share/man/man1/gait.1"],
    async run({ version }) {
      const page = manPage(await loadAll(table), version);
      return success({ page }, page.trimEnd().split("\n").map((text) => line(text)));
    },
  });
}
