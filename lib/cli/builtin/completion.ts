import { type AnyCommand, defineCommand } from "../../commands/define.ts";
import { success } from "../../commands/outcome.ts";
import type { Entry } from "../../commands/table.ts";
import { line } from "../../commands/text.ts";
import { invalidInput } from "../../errors/mod.ts";
import { completionModel } from "../completion/model.ts";
import { isShell, SCRIPTS, SHELLS } from "../completion/shells.ts";
import { suggest } from "../../formats/suggest.ts";

/** `gait completion`. */
export function completionCommand(table: readonly Entry[]): AnyCommand {
  return defineCommand({
    explain: "Prints a script that lets your shell complete commands, flags, run ids and files of gait.",
    positionals: [`<${SHELLS.join("|")}>`],
    flags: {},
    needs: { read: true },
    examples: [
      "source <(gait completion bash)",
      "gait completion zsh > ~/.zfunc/_gait",
      "gait completion fish > ~/.config/fish/completions/gait.fish",
      "gait completion powershell >> $PROFILE",
    ],
    async run({ positionals }) {
      const shell = positionals[0]!.trim();
      if (!isShell(shell)) throw unknownShell(shell);
      const script = SCRIPTS[shell](await completionModel(table));
      return success({ shell, script }, script.trimEnd().split("\n").map((text) => line(text)));
    },
  });
}

function unknownShell(shell: string) {
  const near = suggest(shell, SHELLS);
  return invalidInput(`Cannot complete in "${shell}": expected ${SHELLS.join(", ")}`, {
    hint: near === undefined ? `Shells: ${SHELLS.join(", ")}` : `Did you mean: gait completion ${near}`,
  });
}
