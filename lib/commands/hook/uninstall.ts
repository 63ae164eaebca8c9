import { CONTRACTS } from "../../mcp/hooks/clients.ts";
import { planRemoval, restored } from "../../mcp/hooks/settings.ts";
import { readSettings, writeSettings } from "../../mcp/hooks/settings_file.ts";
import { defineCommand } from "../define.ts";
import { confirm } from "../confirm.ts";
import { success } from "../outcome.ts";
import { good, line } from "../text.ts";
import { changeLines, clientOf, encodeChange, settingsFlags, settingsPath } from "./install_flags.ts";

/** `gait hook uninstall` (docs/spec/sdk.md 3). */
export default defineCommand({
  explain: "Takes the hook out of the settings of a coding agent, and leaves everything else as it is.",
  positionals: ["<agent>"],
  flags: settingsFlags,
  needs: { read: true, write: true, env: true },
  examples: ["gait hook uninstall claude-code", "gait hook uninstall cursor --scope user --yes"],
  async run({ flags, positionals, effects }) {
    const client = clientOf(positionals);
    const contract = CONTRACTS[client];
    const file = await readSettings(effects.files, settingsPath(client, flags, effects));
    const settings = { what: `settings "${file.path}"`, text: file.text, client, contract };
    const change = planRemoval(settings);
    const json = encodeChange(file.path, change);
    const lines = changeLines(file.path, change);
    if (flags["dry-run"] || change.removed.length === 0) {
      return success({ ...json, written: false }, [...lines, line(good("nothing was written"))]);
    }
    if (!flags.yes) await confirm(lines, "Change it?", "give --yes to change the file", effects);
    const text = restored(settings, change.text, file.backup);
    await writeSettings(effects.files, file, text, undefined);
    return success({ ...json, written: true }, [
      ...(flags.yes ? lines : []),
      line(good(text === "" ? "removed" : "restored"), `: start ${client} again`),
    ]);
  },
});
