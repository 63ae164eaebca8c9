import { readPublishers } from "../../../registry/publishers.ts";
import { defineCommand } from "../../define.ts";
import { success } from "../../outcome.ts";
import { columns, dim, line, nextLines } from "../../text.ts";

/** `gait registry publisher list`. */
export default defineCommand({
  explain: "Lists the publishers of registry packs and the keys that are bound to them.",
  flags: {},
  needs: { read: true },
  examples: ["gait registry publisher list --json"],
  async run({ effects }) {
    const known = [...await readPublishers(effects.files)];
    return success(
      { publishers: known.map(([publisher, key_ids]) => ({ publisher, key_ids: [...key_ids] })) },
      known.length > 0
        ? columns(known.flatMap(([name, keys]) => keys.map((key) => [name, dim(key)] as const)))
        : [
          line("no publishers are bound"),
          ...nextLines(["gait registry publisher add <publisher> --key <name>"]),
        ],
    );
  },
});
