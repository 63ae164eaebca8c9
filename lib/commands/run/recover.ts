import { counted } from "../../formats/counted.ts";
import { invalidInput } from "../../errors/mod.ts";
import { outputPath } from "../../formats/path.ts";
import { pathArgument } from "../../formats/shell.ts";
import { journalPath, recoverRecording } from "../../runpack/recording/recover.ts";
import { loadSigningKey } from "../../signing/mod.ts";
import { defineCommand } from "../define.ts";
import { signingKeyFlags, signingSources } from "../key_flags.ts";
import { compact, success } from "../outcome.ts";
import { good, line, nextLines, warn, warningLines } from "../text.ts";

/** `gait run recover` (docs/gate_stream.md). */
export default defineCommand({
  explain:
    "Makes the runpack of a recording whose process was killed, out of the journal beside it. It is signed only with " +
    "a key that is given here.",
  positionals: [{ name: "<runpack>", path: "file" }],
  flags: signingKeyFlags,
  needs: { read: true, write: true, env: true },
  examples: ["gait run recover run.zip"],
  async run({ positionals, flags, effects }) {
    const file = outputPath(positionals[0]!);
    const sources = signingSources(flags);
    const signing = sources ? await loadSigningKey(sources, effects) : undefined;
    const around = { files: effects.files, journals: await effects.journals() };
    const recovered = await recoverRecording(file, around, signing?.key);
    if (!recovered) {
      throw invalidInput(`Cannot recover "${file}": there is no journal "${journalPath(file)}"`, {
        hint: "A gate that ended by itself leaves none; give the path that --runpack had",
      });
    }
    const { path, runId, calls, results, torn } = recovered;
    const warnings = signing?.warnings ?? [];
    return success(
      { calls, results, ...compact({ path, run_id: runId, torn_path: torn, warnings: [...warnings] }) },
      [
        path === undefined ? line(good("run recover ok"), ": the recording held nothing") : line(
          good("run recover ok"),
          `: ${path}, ${counted(calls, "call")} and ${counted(results, "result")}`,
        ),
        ...(torn === undefined ? [] : [line(warn("torn"), `: the unfinished end is kept in ${torn}`)]),
        ...warningLines(warnings),
        ...(path === undefined ? [] : nextLines([`gait verify ${pathArgument(path)}`])),
      ],
    );
  },
});
