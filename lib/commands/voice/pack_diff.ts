import { defineCommand } from "../define.ts";
import packDiff from "../pack/diff.ts";

/** `gait voice pack diff`: `gait pack diff` under another name (docs/spec/voice.md section 1). */
export default defineCommand({
  ...packDiff,
  explain: "Compares two callpacks by what their manifests declare.",
  examples: ["gait voice pack diff monday.zip tuesday.zip"],
});
