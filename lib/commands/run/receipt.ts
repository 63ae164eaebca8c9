import { checkedTicketFooter, locateRunpack } from "../../runpack/locate.ts";
import { verifyRunpack } from "../../runpack/verify.ts";
import { verificationFailed } from "../../errors/mod.ts";
import { defineCommand, path } from "../define.ts";
import { success } from "../outcome.ts";
import { oneTarget } from "../read_runpack_file.ts";
import { line } from "../text.ts";
import { pathArgument } from "../../formats/shell.ts";

/** `gait run receipt` (docs/spec/core.md 5.5). */
export default defineCommand({
  explain: "Verifies a runpack and prints its line for a ticket.",
  positionals: [{ name: "[run_id|runpack]", path: "run" }],
  flags: { from: path("run_id|path", "the runpack; the same as the argument") },
  needs: { read: true },
  examples: ["gait run receipt run_demo"],
  async run({ flags, positionals, effects }) {
    const path = await locateRunpack(oneTarget("from", flags.from, positionals), effects);
    const report = await verifyRunpack(await effects.files.read(path));
    if (!report.ok) {
      throw verificationFailed(`Runpack "${path}" does not verify`, {
        hint: `See why with: gait verify ${pathArgument(path)}`,
      });
    }
    const footer = checkedTicketFooter(report.runId, report.manifestDigest);
    return success(
      { run_id: report.runId, path, manifest_digest: report.manifestDigest, ticket_footer: footer },
      [line(footer)],
    );
  },
});
