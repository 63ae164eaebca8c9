import { planUninstall } from "../../mcp/install/plan.ts";
import { writeConfiguration } from "../../mcp/install/write.ts";
import { defineCommand } from "../define.ts";
import { success } from "../outcome.ts";
import { good, line } from "../text.ts";
import { confirm } from "../confirm.ts";
import { changeLines, clientFlags, encodeChange, loadConfiguration } from "./install_flags.ts";

/** `gait mcp uninstall` (docs/spec/mcp_protection.md 4). */
export default defineCommand({
  explain: "Restores the configuration of an MCP client as it was before gait mcp install.",
  flags: clientFlags,
  needs: { read: true, write: true, env: true },
  examples: [
    "gait mcp uninstall --client claude-desktop",
    "gait mcp uninstall --client cursor --server fs --yes",
  ],
  async run({ flags, effects }) {
    const { file, configuration } = await loadConfiguration(flags, effects);
    const change = planUninstall(configuration, flags.server);
    const lines = changeLines(file.path, change);
    const json = encodeChange(file.path, change);
    if (flags["dry-run"] || change.changed.length === 0) {
      return success({ ...json, written: false }, [...lines, line(good("nothing was written"))]);
    }
    if (!flags.yes) await confirm(lines, "Change it?", "give --yes to change the file", effects);
    // The backup goes when no server is behind the gateway any more.
    const rest = planUninstall({ ...configuration, text: change.text }, []);
    const isDone = rest.changed.length === 0 && rest.left.length === 0;
    await writeConfiguration(effects.files, file, change.text, isDone ? undefined : rest.original);
    return success({ ...json, written: true }, [
      ...(flags.yes ? lines : []),
      line(good("restored"), `: restart ${flags.client}`),
    ]);
  },
});
