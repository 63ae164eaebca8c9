import { EXIT } from "../../../errors/mod.ts";
import { findServer, reviewPins } from "../../../mcp/pins/review.ts";
import { defineCommand } from "../../define.ts";
import { verdict } from "../../outcome.ts";
import { good, line, nextLines } from "../../text.ts";
import { pinFlags } from "./flags.ts";
import { encodeReview, reviewLines } from "./report.ts";

/** `gait mcp trust diff` (docs/spec/mcp_protection.md 2.3). */
export default defineCommand({
  explain:
    "Shows what an MCP server lists otherwise than it is pinned, field by field; exits with 2 if anything.",
  positionals: ["<server>"],
  flags: pinFlags,
  needs: { read: true },
  examples: ["gait mcp trust diff fs", "gait mcp trust diff 3f9a1c --json"],
  async run({ flags, positionals, effects }) {
    const review = await reviewPins(await findServer(effects.files, flags["pins-dir"], positionals[0]!));
    const { document: { server_id: id }, changes, listing } = review;
    const isSame = changes.length === 0;
    return verdict(isSame, EXIT.verificationFailed, encodeReview(review), [
      ...reviewLines(review),
      ...(isSame
        ? [line(good("  nothing waits"))]
        : nextLines([`gait mcp trust accept ${id.slice(0, 12)} --listing ${listing}`])),
    ]);
  },
});
