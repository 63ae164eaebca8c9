import { addHold } from "../../../guard/retain/holds.ts";
import { defineCommand, path, text } from "../../define.ts";
import { success } from "../../outcome.ts";
import { onePath } from "../../pack/flags.ts";
import { good, line } from "../../text.ts";
import { encodeHold } from "./report.ts";

/** `gait guard hold add` (docs/spec/guard.md section 5). */
export default defineCommand({
  explain:
    "Puts a file, or everything in a folder, on hold: retention does not delete it until the hold is removed.",
  positionals: [{ name: "[path]", path: "file" }],
  flags: {
    path: path("path", "the file or folder; the same as the argument"),
    reason: text("text", "reason for the hold; stored"),
    "case-id": text("id", "id of the case; stored"),
  },
  needs: { read: true, write: true },
  examples: ["gait guard hold add gait-out/incident --case-id INC-7 --reason 'under investigation'"],
  async run({ positionals, flags, effects }) {
    const path = onePath(flags.path, positionals, "a file or folder");
    const hold = await addHold({ path, reason: flags.reason, caseId: flags["case-id"] }, effects);
    return success({ hold: encodeHold(hold) }, [line(good("hold added"), `: ${hold.hold_id} ${hold.path}`)]);
  },
});
