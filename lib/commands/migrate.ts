import { verifyRunpack } from "../runpack/verify.ts";
import { migratedPath, migrateRunpack } from "../runpack/migrate.ts";
import { locateRunpack } from "../runpack/locate.ts";
import { invalidInput, verificationFailed } from "../errors/mod.ts";
import { cleanPath, folderOf, outputPath } from "../formats/path.ts";
import { choice, defineCommand, path } from "./define.ts";
import { keepInputs, noteReads } from "./inputs.ts";
import { compact, success } from "./outcome.ts";
import { archiveRules, forceFlag } from "./output_flags.ts";
import { keySources, verifyKeyFlags } from "./key_flags.ts";
import { demandSignature, oneTarget } from "./read_runpack_file.ts";
import { good, keyValueLines, line, nextLines, warningLines } from "./text.ts";
import { pathArgument } from "../formats/shell.ts";

/** `gait migrate` (docs/spec/core.md section 9). */
export default defineCommand({
  explain: "Rewrites a runpack in its current form; the old file stays as it is.",
  positionals: [{ name: "[run_id|runpack]", path: "run" }],
  flags: {
    input: path("run_id|path", "the runpack; the same as the argument"),
    out: path("file", "where the new runpack goes (default: the folder of the old one)"),
    target: choice("version", "form to write", ["v1"], { default: "v1" }),
    ...verifyKeyFlags,
    ...forceFlag,
  },
  needs: { read: true, write: true, env: true },
  examples: ["gait migrate run_old", "gait migrate ./old.zip --out ./new.zip"],
  async run({ flags, positionals, effects: given }) {
    const { effects, read } = noteReads(given);
    const target = oneTarget("input", flags.input, positionals);
    const input = await locateRunpack(target, effects);
    if (!/\.zip$/i.test(input)) throw invalidInput(`Cannot migrate "${input}": expected a .zip file`);
    const bytes = await effects.files.read(input);
    await demandSignature(input, bytes, keySources(flags), effects);
    const { runId, packed, status, signatureDropped } = await migrateRunpack(bytes);
    const output = outputPath(flags.out ?? migratedPath(input, runId));
    if (output === cleanPath(input)) throw invalidInput("Cannot migrate: output and input are the same file");
    await effects.files.makeFolder(folderOf(output));
    const report = await verifyRunpack(packed.bytes);
    if (!report.ok) {
      throw verificationFailed(`Migrated runpack "${output}" would not verify, so it was not written`);
    }
    await keepInputs(effects.files, output, read);
    const { keptAs } = await effects.files.writeOutput(output, packed.bytes, archiveRules(flags.force));
    const warnings = signatureDropped
      ? ["the signatures of the input were dropped: sign a pack of the output instead"]
      : [];
    return success({
      input,
      output,
      artifact: "runpack",
      status,
      run_id: runId,
      ...compact({ warnings, older_kept_as: keptAs }),
    }, [
      line(good("migrate ok"), `: ${input} -> ${output} (${status})`),
      ...keyValueLines({ older_kept_as: keptAs }),
      ...warningLines(warnings),
      ...nextLines([
        `gait verify ${pathArgument(output)}`,
        ...(signatureDropped ? [`gait pack build ${pathArgument(output)} --private-key <private.key>`] : []),
      ]),
    ]);
  },
});
