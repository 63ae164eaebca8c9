import { importInputs } from "../../conversation/import.ts";
import { FORMATS } from "../../conversation/transcript.ts";
import { outputFolder, outputPath } from "../../formats/path.ts";
import { loadSigningKey } from "../../signing/mod.ts";
import { CAPTURE_MODES } from "../../runpack/record_request.ts";
import { OUTPUT_FOLDER, runpackFile } from "../../runpack/locate.ts";
import { bool, choice, defineCommand, path, text } from "../define.ts";
import { keepInputs, noteReads } from "../inputs.ts";
import { signingKeyFlags, signingSources } from "../key_flags.ts";
import { compact, success } from "../outcome.ts";
import { ANOTHER_RUN, forceFlag } from "../output_flags.ts";
import { listFormats } from "./import_formats.ts";
import { keyValueLines } from "../text.ts";
import { describeImport, encodeImport } from "./import_report.ts";
import { readInputs } from "./import_inputs.ts";

/** `gait run import`. */
export default defineCommand({
  explain:
    "Converts logs of agents (conversations, API answers, session files, trajectories, traces) into runpacks: a call becomes an intent, its answer a result.",
  positionals: [{ name: "[file|folder|-...]", path: "file" }],
  flags: {
    format: choice("format", "format of the input (default: detected)", FORMATS, {
      exact: true,
    }),
    "list-formats": bool("list what is read, and do nothing else"),
    "run-id": text("id", "id of the run; several runs get <id>_1, <id>_2, … (default: from the content)"),
    "out-dir": path("folder", "where the runpacks go", { default: OUTPUT_FOLDER }),
    "capture-mode": choice(
      "mode",
      "reference keeps digests only, raw keeps arguments and results too",
      CAPTURE_MODES,
      { default: "reference", blank: "reference", exact: true },
    ),
    ...signingKeyFlags,
    ...forceFlag,
  },
  needs: { read: true, write: true, env: true },
  examples: [
    "gait run import chat.json",
    "gait run import spans.jsonl --format otel --capture-mode raw",
    "gait run import - --run-id incident_42 < chat.json",
    "gait run import ~/.claude/projects --out-dir evidence",
    "gait run import --list-formats",
  ],
  async run({ positionals, flags, effects: given, version }) {
    if (flags["list-formats"]) return listFormats();
    const { effects, read } = noteReads(given);
    const folder = outputFolder(flags["out-dir"]);
    const sources = signingSources(flags);
    const signing = sources ? await loadSigningKey(sources, effects) : undefined;
    const { inputs, skipped } = await readInputs(positionals, folder, effects);
    const imported = await importInputs(inputs, {
      format: flags.format,
      runId: flags["run-id"],
      captureMode: flags["capture-mode"],
      key: signing?.key,
    }, version);
    // Nothing is written unless every conversation could be read.
    const runs = imported.runs.map((run) => ({
      run,
      bundle: outputPath(`${folder}/${runpackFile(run.packed.runId)}`),
    }));
    await effects.files.makeFolder(folder);
    const rules = { force: flags.force, hint: ANOTHER_RUN };
    for (const { run, bundle } of runs) {
      await keepInputs(effects.files, bundle, read);
      await effects.files.checkOutput(bundle, rules, run.packed.bytes);
    }
    for (const { run, bundle } of runs) await effects.files.writeOutput(bundle, run.packed.bytes, rules);
    const report = {
      ...imported,
      skipped: [...skipped, ...imported.skipped],
      runs,
      warnings: signing?.warnings ?? [],
    };
    const freshKey = signing?.freshKey;
    return success(
      { ...encodeImport(report), ...compact({ public_key: freshKey }) },
      [...describeImport(report), ...keyValueLines({ public_key: freshKey })],
    );
  },
});
