import {
  PREDICATES,
  REDUCE_REPORT_SCHEMA_ID,
  reducedPath,
  reduceReportPath,
  reduceRunpack,
} from "../../runpack/reduce.ts";
import { utf8 } from "../../formats/bytes.ts";
import { folderOf, insideWorkingFolder, outputPath } from "../../formats/path.ts";
import { choice, defineCommand, path } from "../define.ts";
import { compact, success } from "../outcome.ts";
import { archiveRules, forceFlag } from "../output_flags.ts";
import { keepInputs, noteReads } from "../inputs.ts";
import { keySources, verifyKeyFlags } from "../key_flags.ts";
import { oneTarget, readRunpackFile } from "../read_runpack_file.ts";
import { good, keyValueLines, line, nextLines, warningLines } from "../text.ts";
import { pathArgument } from "../../formats/shell.ts";
import type { OutputRules } from "../../effects/types.ts";
import { isObjectWith } from "../../formats/json/mod.ts";

/** A report can be had again from its runpack, so an older one makes room. */
const OLDER_REDUCE_REPORT: OutputRules = {
  older: (held) => isObjectWith(held, ({ schema_id: id }) => id === REDUCE_REPORT_SCHEMA_ID),
  olderGoes: "away",
};

/** `gait run reduce` (docs/spec/core.md 5.6). */
export default defineCommand({
  explain: "Reduces a run to its first failing call, with its result, receipts and events.",
  positionals: [{ name: "[run_id|path]", path: "run" }],
  flags: {
    from: path("run_id|path", "the runpack; the same as the argument"),
    predicate: choice("name", "what counts as failing", PREDICATES, { default: "missing_result" }),
    out: path("file", "where the reduced runpack goes (default: next to the input)"),
    "report-out": path("file", "where the report goes (default: next to the reduced runpack)"),
    ...verifyKeyFlags,
    ...forceFlag,
  },
  needs: { read: true, write: true, env: true },
  examples: [
    "gait run reduce run_broken",
    "gait run reduce run_broken --predicate non_ok_status --out min.zip",
  ],
  async run({ flags, positionals, effects: given }) {
    const { effects, read } = noteReads(given);
    const { predicate } = flags;
    const target = oneTarget("from", flags.from, positionals);
    const { path: input, pack } = await readRunpackFile(target, keySources(flags), effects);
    const { packed, report } = await reduceRunpack(pack, predicate);
    const output = outputPath(flags.out ?? reducedPath(input, pack.run.run_id, predicate));
    const reportPath = insideWorkingFolder(flags["report-out"] ?? reduceReportPath(output));
    await keepInputs(effects.files, output, read);
    await keepInputs(effects.files, reportPath, [...read, output]);
    const reportText = utf8(JSON.stringify(report));
    const ofReport = { force: flags.force, ...OLDER_REDUCE_REPORT };
    await effects.files.checkOutput(output, archiveRules(flags.force), packed.bytes);
    await effects.files.checkOutput(reportPath, ofReport, reportText);
    await effects.files.makeFolder(folderOf(output));
    const { keptAs } = await effects.files.writeOutput(output, packed.bytes, archiveRules(flags.force));
    await effects.files.writeOutput(reportPath, reportText, ofReport);
    const signed = pack.manifest.signatures.length > 0;
    const warnings = signed ? ["the signatures of the input are not in the reduced runpack"] : [];
    return success({
      input,
      output,
      report_path: reportPath,
      run_id: pack.run.run_id,
      reduced_run_id: packed.runId,
      predicate,
      report,
      ...compact({ warnings, older_kept_as: keptAs }),
    }, [
      line(good("reduce ok"), `: ${input} -> ${output}`),
      ...keyValueLines({
        run_id: packed.runId,
        intent: String(report.selected_intent_id),
        report: reportPath,
        older_kept_as: keptAs,
      }),
      ...warningLines(warnings),
      ...nextLines([`gait run inspect ${pathArgument(output)}`]),
    ]);
  },
});
