import { defineCommand } from "../define.ts";
import packInspect from "../pack/inspect.ts";

/** `gait voice pack inspect`: `gait pack inspect` under another name (docs/spec/voice.md section 1). */
export default defineCommand({
  ...packInspect,
  explain: "Shows the content of a callpack, and whether it is intact.",
  examples: ["gait voice pack inspect call.zip --json"],
});
