import { defineCommand } from "../define.ts";
import packVerify from "../pack/verify.ts";

/** `gait voice pack verify`: `gait pack verify` under another name (docs/spec/voice.md section 1). */
export default defineCommand({
  ...packVerify,
  explain:
    "Recomputes every digest of a callpack, and checks that all binding speech has an allow and a receipt.",
  examples: ["gait voice pack verify call.zip --profile strict --public-key team_public.key"],
});
