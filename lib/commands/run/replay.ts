import { REAL_TOOLS_ENV, realTools, refuseRealTools, trimmedIntents } from "../../runpack/real_tools.ts";
import { replayRun } from "../../runpack/replay.ts";
import { EXIT } from "../../errors/mod.ts";
import { bool, defineCommand, list, text } from "../define.ts";
import { compact, failure, verdict } from "../outcome.ts";
import { keySources, verifyKeyFlags } from "../key_flags.ts";
import { readRunpackFile, uncheckedSignature } from "../read_runpack_file.ts";
import { bad, dim, good, line, nextLines, warn } from "../text.ts";
import { pathArgument } from "../../formats/shell.ts";

const flags = {
  "real-tools": bool("execute the allowed tools instead of replaying their results"),
  "unsafe-real-tools": bool("confirm that executing tools has side effects"),
  "allow-tools": list("names", "tools that may be executed, separated by commas"),
  "unsafe-real-tools-env": text("variable", "environment variable that must be 1 to execute tools", {
    default: REAL_TOOLS_ENV,
  }),
  exact: bool("execute tools with arguments as recorded, with the white space around them"),
  ...verifyKeyFlags,
};

/** `gait run replay` (docs/spec/core.md 5.3). */
export default defineCommand({
  explain:
    "Replays a run from its record without side effects; executes tools only with three explicit switches.",
  positionals: [{ name: "<run_id|path>", path: "run" }],
  flags,
  needs: { read: true, write: true, run: true, env: true },
  examples: ["gait run replay run_demo"],
  async run({ flags, positionals, effects }) {
    const allowed = flags["allow-tools"];
    const real = flags["real-tools"];
    const confirmed = {
      unsafeRealTools: flags["unsafe-real-tools"],
      allowTools: allowed,
      unsafeRealToolsEnv: flags["unsafe-real-tools-env"],
    };
    const refusal = real ? refuseRealTools(confirmed, effects.env) : undefined;
    if (refusal) return failure(refusal, compact({ requested_unsafe: flags["unsafe-real-tools"] }));
    const { pack } = await readRunpackFile(positionals[0]!, keySources(flags), effects);
    const { exact } = flags;
    const trimmed = real && !exact ? trimmedIntents(pack.intents, allowed) : [];
    const notes = [
      ...uncheckedSignature(pack, keySources(flags)),
      ...trimmed.map((id) => `white space around the arguments of ${id} was left out; --exact keeps it`),
    ];
    const executor = real ? realTools(allowed, effects, { exact }) : undefined;
    const { steps, missing } = await replayRun(pack, executor);
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
