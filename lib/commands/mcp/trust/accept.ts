import { acceptPending, findServer, reviewPins } from "../../../mcp/pins/review.ts";
import { bool, defineCommand, names, text } from "../../define.ts";
import { success } from "../../outcome.ts";
import { good, line } from "../../text.ts";
import { confirm } from "../../confirm.ts";
import { pinFlags } from "./flags.ts";
import { encodeReview, reviewLines } from "./report.ts";

/** `gait mcp trust accept` (docs/spec/mcp_protection.md 2.3). */
export default defineCommand({
  explain: "Accepts new and changed tools and prompts of an MCP server, after showing them.",
  positionals: ["<server>"],
  flags: {
    ...pinFlags,
    only: names("name", "accept only these tools and prompts"),
    listing: text("digest", "accept what diff showed under this digest, without asking"),
    yes: bool("accept whatever waits, without asking"),
  },
  needs: { read: true, write: true },
  examples: ["gait mcp trust accept fs", "gait mcp trust accept fs --only read_file --yes"],
  async run({ flags, positionals, effects }) {
    const review = await reviewPins(await findServer(effects.files, flags["pins-dir"], positionals[0]!));
    const { document } = review;
    const asked = !flags.yes && flags.listing === undefined && review.changes.length > 0;
    if (asked) {
      const what = flags.only.length > 0 ? flags.only.join(", ") : "all of it";
      await confirm(
        reviewLines(review),
        `Accept ${what}?`,
        "give --listing <digest> as gait mcp trust diff prints it",
        effects,
      );
    }
    const accepted = await acceptPending(
      document,
      flags["pins-dir"],
      { listing: flags.listing ?? review.listing, only: flags.only },
      effects,
    );
    return success(
      {
        ...encodeReview(review),
        accepted: accepted.map(({ kind, name, digest }) => ({ kind, name, digest })),
      },
      [
        ...(asked ? [] : reviewLines(review)),
        line(
          good(accepted.length === 0 ? "nothing waits" : `accepted ${accepted.length}`),
          `: ${document.name}`,
        ),
      ],
    );
  },
});
