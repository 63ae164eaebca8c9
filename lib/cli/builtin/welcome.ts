import { defineCommand } from "../../commands/define.ts";
import { success } from "../../commands/outcome.ts";
import { line, nextLines } from "../../commands/text.ts";

/** `gait` alone (docs/spec/core.md 3.1). */
export default defineCommand({
  explain: "Prints the version of this program and where to start.",
  flags: {},
  needs: {},
  run: ({ version }) =>
    Promise.resolve(
      success({ version }, [line(`gait ${version}`), ...nextLines(["gait demo", "gait init", "gait help"])]),
    ),
});
