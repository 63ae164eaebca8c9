import { readHolds } from "../../../guard/retain/holds.ts";
import { defineCommand } from "../../define.ts";
import { success } from "../../outcome.ts";
import { columns, dim, line } from "../../text.ts";
import { encodeHold } from "./report.ts";

/** `gait guard hold list` (docs/spec/guard.md section 5). */
export default defineCommand({
  explain: "Lists what is on hold in this folder.",
  flags: {},
  needs: { read: true },
  examples: ["gait guard hold list"],
  async run({ effects }) {
    const holds = await readHolds(".", effects.files);
    const rows = holds.map(({ hold_id, path, case_id, reason }) =>
      [hold_id, [path, case_id, reason].filter(Boolean).join("  ")] as const
    );
    return success(
      { holds: holds.map(encodeHold) },
      holds.length === 0 ? [line(dim("nothing is on hold"))] : columns(rows, ""),
    );
  },
});
