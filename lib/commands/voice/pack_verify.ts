import { defineCommand } from "../define.ts";
import packVerify from "../pack/verify.ts";
import { warningLines } from "../text.ts";

const NO_CALLPACK =
  "this is no callpack: it has no record of a call, so nothing was checked about what was said";

/** `gait voice pack verify`: `gait pack verify` under another name (docs/spec/voice.md section 1). */
export default defineCommand({
  ...packVerify,
  explain:
    "Recomputes every digest of a callpack, and checks that all binding speech has an allow and a receipt.",
  examples: ["gait voice pack verify call.zip --profile strict --public-key team_public.key"],
  async run(given) {
    const outcome = await packVerify.run(given);
    const { pack_type: type } = outcome.json;
    if (type === undefined || type === "call") return outcome;
    return {
      ...outcome,
      lines: [...outcome.lines.slice(0, 1), ...warningLines([NO_CALLPACK]), ...outcome.lines.slice(1)],
    };
  },
});
