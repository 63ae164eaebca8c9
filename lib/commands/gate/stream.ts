import type { Effects } from "../../effects/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import { type OpenGate, openGate } from "../../gate/open.ts";
import { serveStream } from "../../gate/stream/serve.ts";
import { CAPTURE_MODES, type CaptureMode } from "../../runpack/capture_mode.ts";
import type { RecordedGate } from "../../runpack/recording/recorded_gate.ts";
import { choice, defineCommand, integer, path, text } from "../define.ts";
import { served } from "../outcome.ts";
import { withMigration } from "../policy/migration.ts";
import { recoveredNotes } from "../run/recovered_notes.ts";
import { GATE_FLAG_OF, keepNeeds } from "./flags.ts";
import { finishing, notesOf, openOptions, streamFlags, withFlagNames } from "./open.ts";

const MAX_IN_FLIGHT = 256;

/** `gait gate stream`: NDJSON in, NDJSON out (docs/gate_stream.md). */
export default defineCommand({
  explain:
    "Reads one intent request per line from standard input and writes one decision per line to standard output, in order; each signed trace is durable before its line is printed.",
  flags: {
    ...streamFlags,
    runpack: path("file", "also record the calls and their results as a runpack; a taken name gets a number"),
    "run-id": text("id", "with --runpack: its run id (default: the time and a random part)"),
    "capture-mode": choice(
      "mode",
      "with --runpack: raw also keeps arguments and results, reference their digests (default: reference)",
      CAPTURE_MODES,
    ),
    "max-in-flight": integer("lines", "largest number of lines that wait for their answers", {
      default: MAX_IN_FLIGHT,
      least: 1,
    }),
  },
  needs: { read: true, write: true, run: true, env: true },
  flagOf: { ...GATE_FLAG_OF, "record.file": "runpack" },
  flagsFirst: true,
  examples: [
    "gait gate stream --policy policy.yaml < intents.ndjson",
    "gait gate stream --policy policy.yaml --key-mode prod --private-key gait.key --trace-dir traces",
    "gait gate stream --policy policy.yaml --no-trace",
    "gait gate stream --policy policy.yaml --runpack run.zip --capture-mode raw",
  ],
  run: ({ flags, effects, version, correlationId, narrow, notify }) =>
    withMigration(async () => {
      const limits = { maxLineBytes: flags["max-line-bytes"], maxInFlight: flags["max-in-flight"] };
      const options = await openOptions(flags, effects.files);
      keepNeeds(options, narrow);
      const given = {
        ...options,
        correlationId: flags.runpack === undefined ? await correlationId() : undefined,
      };
      const open = () => openGate(given, effects, version);
      const recorded = await record(flags, open, effects, version);
      const gate = recorded?.gate ?? await open();
      for (const note of recoveredNotes(recorded?.recovered)) notify(note);
      for (const note of notesOf(gate)) notify(note);
      return await finishing(gate, notify, async () => {
        await serveStream(withFlagNames(gate), await effects.stdio(), limits);
        return served();
      });
    }),
});

/** The gate as one that records, if a runpack is named. */
async function record(
  flags: {
    runpack?: string | undefined;
    "run-id"?: string | undefined;
    "capture-mode"?: CaptureMode | undefined;
  },
  open: () => Promise<OpenGate>,
  effects: Effects,
  version: string,
): Promise<RecordedGate | undefined> {
  const { runpack: file, "run-id": runId, "capture-mode": captureMode } = flags;
  if (file === undefined) {
    if (runId === undefined && captureMode === undefined) return undefined;
    throw invalidInput("Cannot use --run-id and --capture-mode: nothing is recorded", {
      hint: "Give --runpack <file>",
    });
  }
  const { recordGate } = await import("../../runpack/recording/recorded_gate.ts");
  return await recordGate({ file, runId, captureMode }, open, effects, version);
}
