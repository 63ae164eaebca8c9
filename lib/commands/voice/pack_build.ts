import { defineCommand, path } from "../define.ts";
import packBuild from "../pack/build.ts";
import { typeFlag } from "../pack/flags.ts";

/** `gait voice pack build`: `gait pack build --type call`; a given type wins (docs/spec/voice.md section 1). */
export default defineCommand({
  ...packBuild,
  explain: "Packs the record of a call into one file; refuses binding speech that the gate did not allow.",
  positionals: [{ name: "[call.json]", path: "file" }],
  flags: {
    ...packBuild.flags,
    type: typeFlag("call"),
    from: path("file", "the call record; the same as the argument"),
  },
  examples: [
    "gait voice pack build --from call.json",
    "gait voice pack build call.json --private-key gait-out/keys/gait_private.key",
    "gait voice pack build call.json --say-token tokens/say_1.json,tokens/say_2.json",
  ],
});
