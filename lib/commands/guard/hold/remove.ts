import { removeHold } from "../../../guard/retain/holds.ts";
import { defineCommand, text } from "../../define.ts";
import { success } from "../../outcome.ts";
import { onePath } from "../../pack/flags.ts";
import { good, line } from "../../text.ts";
import { encodeHold } from "./report.ts";

/** `gait guard hold remove` (docs/spec/guard.md section 5). */
export default defineCommand({
  explain: "Removes a hold, so that retention applies to the files again.",
  positionals: [{ name: "[hold|path]", path: "file" }],
  flags: { id: text("hold", "id of the hold, or the path that is on hold; the same as the argument") },
  needs: { read: true, write: true },
  examples: ["gait guard hold remove hold_0a1b2c3d4e5f", "gait guard hold remove gait-out/incident"],
  async run({ positionals, flags, effects }) {
    const hold = await removeHold(
      onePath(flags.id, positionals, "the id or the path of a hold"),
      effects.files,
    );
    return success({ hold: encodeHold(hold) }, [
      line(good("hold removed"), `: ${hold.hold_id} ${hold.path}`),
    ]);
  },
});
