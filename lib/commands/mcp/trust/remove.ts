import { findServer, forgetServer } from "../../../mcp/pins/review.ts";
import { bool, defineCommand } from "../../define.ts";
import { success } from "../../outcome.ts";
import { good, line } from "../../text.ts";
import { confirm } from "../../confirm.ts";
import { pinFlags } from "./flags.ts";

/** `gait mcp trust remove` (docs/spec/mcp_protection.md 2.3). */
export default defineCommand({
  explain: "Forgets the pins of an MCP server: its next listing counts as the first one.",
  positionals: ["<server>"],
  flags: { ...pinFlags, yes: bool("without asking") },
  needs: { read: true, write: true },
  examples: ["gait mcp trust remove fs --yes"],
  async run({ flags, positionals, effects }) {
    const server = positionals[0]!;
    if (!flags.yes) {
      await findServer(effects.files, flags["pins-dir"], server); // nobody is asked about what is not there
      await confirm(
        [line(`The pins of "${server}" are removed: what it lists next may be accepted unseen.`)],
        "Remove them?",
        "give --yes to remove the pins",
        effects,
      );
    }
    const id = await forgetServer(effects.files, flags["pins-dir"], server);
    return success({ server, server_id: id, removed: true }, [line(good("removed"), `: ${server}`)]);
  },
});
