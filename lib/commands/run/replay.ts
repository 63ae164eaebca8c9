import { realTools } from "../../runpack/real_tools.ts";
import { replayRun } from "../../runpack/replay.ts";
import { EXIT, unsafeOperation } from "../../errors/mod.ts";
import type { Effects } from "../../effects/mod.ts";
import { blankText, bool, defineCommand, type FlagValues, list } from "../define.ts";
import { compact, failure, verdict } from "../outcome.ts";
import { keySources, verifyKeyFlags } from "../key_flags.ts";
import { readRunpackFile, unheededSignature } from "../read_runpack_file.ts";
import { bad, dim, good, line, nextLines, warn } from "../text.ts";
import { pathArgument } from "../../formats/shell.ts";

const flags = {
  "real-tools": bool("execute the allowed tools instead of repeating their results"),
  "unsafe-real-tools": bool("confirm that executing tools has side effects"),
  "allow-tools": list("names", "tools that may be executed, separated by commas"),
  "unsafe-real-tools-env": blankText("variable", "environment variable that must be 1 to execute tools", {
    default: "GAIT_ALLOW_REAL_REPLAY",
  }),
  ...verifyKeyFlags,
};

/** `gait run replay` (docs/spec/core.md 5.3). */
export default defineCommand({
  explain:
    "Replays a run from its record without side effects; executes tools only behind three explicit switches.",
  positionals: ["<run_id|path>"],
  flags,
  needs: { read: true, write: true, run: true, env: true },
  examples: ["gait run replay run_demo"],
  async run({ flags, positionals, effects }) {
    const allowed = flags["allow-tools"];
    const refusal = refuseUnsafe(flags, allowed, effects);
    if (refusal) return failure(refusal, compact({ requested_unsafe: flags["unsafe-real-tools"] }));
    const real = flags["real-tools"];
    const { pack } = await readRunpackFile(positionals[0]!, keySources(flags), effects);
    const notes = unheededSignature(pack, keySources(flags));
    const { steps, missing } = await replayRun(pack, real ? realTools(allowed, effects) : undefined);
    const mode = real ? "real" : "stub";
    const ok = missing.length === 0;
    const warnings = real ? [`allow_tools=${allowed.join(",")}`] : [];
    const head = `: ${pack.manifest.run_id} (${mode})`;
    return verdict(ok, EXIT.verificationFailed, {
      run_id: pack.manifest.run_id,
      mode,
      ...compact({
        steps,
        missing_results: missing,
        warnings,
        notes,
        requested_unsafe: flags["unsafe-real-tools"],
      }),
    }, [
      line(ok ? good("replay ok") : bad("replay failed"), head),
      ...steps.map((step) =>
        line(`  ${step.intent_id} ${step.tool_name} `, dim(`${step.execution}: ${step.status}`))
      ),
      ...missing.map((id) => line(warn(`missing result: ${id}`))),
      ...notes.map((note) => line(warn(`note: ${note}`))),
      ...(ok ? [] : nextLines([`gait run reduce ${pathArgument(positionals[0]!)}`])),
    ]);
  },
});

/** Every switch must be on before the pack is even looked for. */
function refuseUnsafe(given: FlagValues<typeof flags>, allowed: readonly string[], effects: Effects) {
  if (!given["real-tools"]) return undefined;
  const variable = given["unsafe-real-tools-env"];
  if (!given["unsafe-real-tools"]) {
    return unsafeOperation("Refusing to execute tools: --unsafe-real-tools is not given");
  }
  if (allowed.length === 0) return unsafeOperation("Refusing to execute tools: --allow-tools names none");
  if (effects.env.get(variable)?.trim() !== "1") {
    return unsafeOperation(`Refusing to execute tools: environment variable "${variable}" is not 1`);
  }
  return undefined;
}
