import { counted } from "../../formats/counted.ts";
import { invalidInput } from "../../errors/mod.ts";
import { baseName, cleanPath, folderOf, joinPath, leavesFolder } from "../../formats/path.ts";
import { pathArgument } from "../../formats/shell.ts";
import { trim } from "../../formats/text.ts";
import { GATEWAYS } from "../../scout/gateway/event.ts";
import { checkProofOutput, ingestLog } from "../../scout/gateway/ingest.ts";
import { loadSigningKey } from "../../signing/mod.ts";
import { bool, choice, defineCommand, path, required } from "../define.ts";
import { keepInputs, noteReads } from "../inputs.ts";
import { keySources, mintKeyFlags } from "../key_flags.ts";
import { compact, success } from "../outcome.ts";
import { good, keyValueLines, line, nextLines, warn, warningLines } from "../text.ts";

const HEAD = { schema_id: "gait.gateway.output", schema_version: "1.0.0", operation: "ingest" };

/** `gait gateway ingest` (docs/spec/scout.md section 4). */
export default defineCommand({
  explain:
    "Turns the log of a gateway into signed proof records, chained so that omissions and changes are detected.",
  flags: {
    source: required(choice("gateway", "the gateway that wrote the log", GATEWAYS)),
    "log-path": required(path("file", "the log")),
    "proof-out": path(
      "file",
      "path of the proof records; default: gateway_<source>_policy_enforcement.jsonl next to the log",
    ),
    "skip-invalid": bool(
      "skip lines that are not events and report how many; without it, the first one is an error",
    ),
    ...mintKeyFlags,
  },
  needs: { read: true, write: true, env: true },
  errorFields: HEAD,
  examples: [
    "gait gateway ingest --source kong --log-path kong.log --key-mode prod --private-key gateway.key",
  ],
  async run({ flags, effects: given, version }) {
    const { effects, read } = noteReads(given);
    const { files } = effects;
    const log = pathOf(flags["log-path"], "log");
    const output = flags["proof-out"] === undefined
      ? joinPath(folderOf(log), `gateway_${flags.source}_policy_enforcement.jsonl`)
      : outputOf(flags["proof-out"]);
    const { key, warnings } = await loadSigningKey(keySources(flags), effects);
    await keepInputs(files, output, [log, ...read]);
    await checkProofOutput(files, output);
    const { loadBulkCrypto } = await import("../../signing/bulk.ts");
    await files.makeFolder(folderOf(output));
    const ingested = await ingestLog(files, log, output, {
      gateway: flags.source,
      logPath: log,
      version,
      key,
      skipInvalid: flags["skip-invalid"],
      ...await loadBulkCrypto(),
    });
    const { events, skipped, skippedLines, unknownVerdicts } = ingested;
    const all = [
      ...warnings,
      // Exit 0 all the same, which is recorded; `gateway verify` refuses records of nothing.
      ...(events === 0 ? [`"${log}" holds no event: nothing was turned into a record`] : []),
      ...(unknownVerdicts > 0
        ? [`${counted(unknownVerdicts, "event has", "events have")} an unknown verdict`]
        : []),
      ...(skipped > 0
        ? [
          `${
            counted(skipped, "line is no event and was", "lines are not events and were")
          } skipped, first line ${skippedLines[0]}`,
        ]
        : []),
    ];
    return success({
      ...HEAD,
      source: flags.source,
      log_path: log,
      proof_records_out: output,
      ...compact({
        input_events: events,
        output_records: events,
        unknown_verdicts: unknownVerdicts,
        skipped_lines: skipped,
        first_skipped_lines: skippedLines,
        warnings: all,
      }),
    }, [
      line(
        events === 0 ? warn("gateway ingest: no events") : good("gateway ingest ok"),
        `: ${counted(events, "event")} -> ${output}`,
      ),
      ...keyValueLines({ source: flags.source, skipped_lines: skipped || undefined }),
      ...warningLines(all),
      ...nextLines([`gait gateway verify ${pathArgument(output)}`]),
    ]);
  },
});

/** Trimmed and cleaned; it must name a file. */
function pathOf(given: string, what: string): string {
  const path = cleanPath(trim(given));
  if (path !== "." && baseName(path) !== "") return path;
  throw invalidInput(`Cannot use ${what} path "${given}": it does not name a file`);
}

function outputOf(given: string): string {
  const path = pathOf(given, "output");
  if (!leavesFolder(path)) return path;
  throw invalidInput(`Cannot write to "${given}": path leaves the working folder`, {
    hint: "Give an absolute path, or one inside the working folder",
  });
}
