import { defineCommand } from "../define.ts";
import packBuild from "../pack/build.ts";

/** `gait voice pack build`: `gait pack build --type call`; another type that is given wins (docs/spec/voice.md section 1). */
export default defineCommand({
  ...packBuild,
  explain: "Seals the record of a call into one file, and refuses speech that the gate did not allow.",
  positionals: ["[call.json]"],
  flags: {
    ...packBuild.flags,
    type: { ...packBuild.flags.type, default: "call", absent: "call" },
    from: { ...packBuild.flags.from, value: "file", help: "the call record; the same as the argument" },
  },
  examples: [
    "gait voice pack build --from call.json",
    "gait voice pack build call.json --private-key gait-out/keys/gait_private.key",
  ],
});
