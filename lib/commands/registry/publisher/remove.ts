import { unbindPublisher } from "../../../registry/publishers.ts";
import { defineCommand } from "../../define.ts";
import { success } from "../../outcome.ts";
import { good, line } from "../../text.ts";

/** `gait registry publisher remove`. */
export default defineCommand({
  explain: "Removes a publisher of registry packs and its key bindings.",
  positionals: ["<publisher>"],
  flags: {},
  needs: { read: true, write: true },
  examples: ["gait registry publisher remove acme"],
  async run({ positionals, effects }) {
    const publisher = positionals[0]!;
    await unbindPublisher(effects.files, publisher);
    return success({ publisher, removed: true }, [line(good("removed"), `: ${publisher}`)]);
  },
});
