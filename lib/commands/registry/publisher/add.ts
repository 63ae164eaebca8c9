import { invalidInput } from "../../../errors/mod.ts";
import { bindPublisher, PUBLISHERS_PATH } from "../../../registry/publishers.ts";
import { loadTrustFolder } from "../../../signing/mod.ts";
import { defineCommand, required, text } from "../../define.ts";
import { success } from "../../outcome.ts";
import { good, line } from "../../text.ts";

/** `gait registry publisher add` (docs/spec/registry.md section 7). */
export default defineCommand({
  explain: "Binds a key of the trust folder to a publisher of registry packs, so that it can sign for it.",
  positionals: ["<publisher>"],
  flags: { key: required(text("name|key_id", "the trusted key, by its name or id")) },
  needs: { read: true, write: true },
  examples: ["gait registry publisher add acme --key acme_2026"],
  async run({ flags, positionals, effects }) {
    const trusted = await loadTrustFolder(effects.files);
    const keys = trusted.source === "store" ? [...trusted.keys.values()] : [];
    const found = keys.find(({ key, name }) => name === flags.key || key.id === flags.key);
    if (!found) {
      throw invalidInput(`Cannot bind publisher: no trusted key has the name or id "${flags.key}"`, {
        hint: "List them: gait keys trust list",
      });
    }
    const publisher = positionals[0]!;
    const added = await bindPublisher(effects.files, publisher, found.key.id);
    return success({ publisher, key_id: found.key.id, path: PUBLISHERS_PATH, added }, [
      line(good(added ? "bound" : "bound already"), `: ${publisher} key_id=${found.key.id}`),
    ]);
  },
});
