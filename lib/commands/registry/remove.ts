import { removePack } from "../../registry/remove.ts";
import { defineCommand, text, trimmed } from "../define.ts";

import { compact, success } from "../outcome.ts";
import { good, line } from "../text.ts";
import { cacheFlag, cacheOfFlags } from "./flags.ts";

/** `gait registry remove`: remove a pack from the cache (docs/spec/registry.md section 7). */
export default defineCommand({
  explain: "Removes a pack from the cache, and its pin with it.",
  positionals: ["<pack_name>"],
  flags: { version: text("version", "only this version; default: all versions"), ...cacheFlag },
  needs: { read: true, write: true },
  examples: ["gait registry remove payments-guardrails --version 2.1.0"],
  async run({ flags, positionals, effects }) {
    const removed = await removePack(
      effects.files,
      cacheOfFlags(flags, effects),
      positionals[0]!,
      trimmed(flags.version),
    );
    return success(compact({ removed: removed.paths, pin_removed: removed.pinPath }), [
      line(good("removed"), `: ${removed.paths.length}`),
      ...removed.paths.map((path) => line(`- ${path}`)),
      ...(removed.pinPath === undefined ? [] : [line(`- ${removed.pinPath}`)]),
    ]);
  },
});
