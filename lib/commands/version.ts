import { defineCommand } from "./define.ts";
import { success } from "./outcome.ts";
import { line } from "./text.ts";

/** `gait version` (docs/spec/core.md 3.10). */
export default defineCommand({
  explain: "Prints the version of this program.",
  flags: {},
  needs: {},
  examples: ["gait version --json"],
  run: ({ version }) => Promise.resolve(success({ version }, [line(`gait ${version}`)])),
});
