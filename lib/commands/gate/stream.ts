import type { Effects } from "../../effects/mod.ts";
import { invalidInput, namingOptions } from "../../errors/mod.ts";
import { type OpenGate, openGate } from "../../gate/open.ts";
import { serveStream } from "../../gate/stream/serve.ts";
import { trim } from "../../formats/text.ts";
import { bool, choice, defineCommand, integer, path, text } from "../define.ts";
import { CAPTURE_MODES, type CaptureMode } from "../../runpack/capture_mode.ts";
import { type RecordedGate } from "../../runpack/recording/recorded_gate.ts";
import { recoveredNotes } from "../run/recovered_notes.ts";
import { type Outcome, served } from "../outcome.ts";
import { withMigration } from "../policy/migration.ts";
import { type Line, line, warn } from "../text.ts";
import { flagName } from "../flag_names.ts";
import { defaultsOf, GATE_FLAG_OF, gateFlags, gateOptions, keepNeeds } from "./flags.ts";

const STREAM_FLAG_OF = { ...GATE_FLAG_OF, "record.file": "runpack" };

const TRACE_FOLDER = "gait-out/traces";
const MAX_LINE_BYTES = 1 << 20;
const MAX_IN_FLIGHT = 256;

/** `gait gate stream`: NDJSON in, NDJSON out (docs/gate_stream.md). */
export default defineCommand({
  explain:
    "Reads one intent request per line from standard input and writes one decision per line to standard output, in order; each signed trace is durable before its line is printed.",
  flags: {
    ...gateFlags,
    "trace-dir": path("folder", "where the signed traces go", { default: TRACE_FOLDER }),
    runpack: path("file", "also record the calls and their results as a runpack; a taken name gets a number"),
    "run-id": text("id", "with --runpack: its run id (default: the time and a random part)"),
    "capture-mode": choice(
      "mode",
      "with --runpack: raw also keeps arguments and results, reference their digests (default: reference)",
      CAPTURE_MODES,
    ),
    "no-trace": bool("write no traces and sign nothing"),
    "max-line-bytes": integer("bytes", "largest size of a line; longer ones are answered with a block", {
      default: MAX_LINE_BYTES,
      least: 1,
    }),
    "max-in-flight": integer("lines", "largest number of lines that wait for their answers", {
      default: MAX_IN_FLIGHT,
      least: 1,
    }),
  },
  needs: { read: true, write: true, run: true, env: true },
  flagOf: STREAM_FLAG_OF,
  flagsFirst: true,
  examples: [
    "gait gate stream --policy policy.yaml < intents.ndjson",
    "gait gate stream --policy policy.yaml --key-mode prod --private-key gait.key --trace-dir traces",
    "gait gate stream --policy policy.yaml --runpack run.zip --capture-mode raw",
    "gait gate stream --policy policy.yaml --no-trace",
  ],
  run: ({ flags, effects, version, correlationId, narrow, notify }) =>
    withMigration(async () => {
      const limits = {
        maxLineBytes: flags["max-line-bytes"],
        maxInFlight: flags["max-in-flight"],
      };
      const defaults = await defaultsOf(flags, effects.files);
      const options = gateOptions(flags, defaults);
      keepNeeds(options, narrow);
      const given = {
        ...options,
        traceDir: flags["no-trace"] ? undefined : trim(flags["trace-dir"]),
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

/**
 * A gate whose errors name flags. They are answers to lines, so the dispatcher, which does this for other errors,
 * never sees them.
 */
function withFlagNames(gate: OpenGate): Pick<OpenGate, "decide" | "report"> {
  const name = (field: string) => flagName(field, { flagOf: STREAM_FLAG_OF });
  return {
    decide: (call) => namingOptions(() => gate.decide(call), name),
    report: (id, result) => namingOptions(() => gate.report(id, result), name),
  };
}

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

/** Close the gate in any case; the first error is reported. */
async function finishing(
  gate: OpenGate,
  notify: (line: Line) => void,
  serve: () => Promise<Outcome>,
): Promise<Outcome> {
  let outcome: Outcome;
  try {
    outcome = await serve();
  } catch (error) {
    await gate.close().catch(() => {});
    throw error;
  }
  const { runpack } = await gate.close();
  if (runpack) notify(line(`runpack: ${runpack.path} (run ${runpack.runId})`));
  return outcome;
}

function notesOf({ warnings, recovered: { restored, unverified, torn } }: OpenGate): Line[] {
  return [
    ...warnings.map((warning) => line(warn("warning"), `: ${warning}`)),
    ...(restored.length > 0 ? [line(`recovered ${restored.length} traces after a crash`)] : []),
    ...(unverified > 0
      ? [line(warn("warning"), `: ${unverified} of them are signed with an unknown key`)]
      : []),
    ...torn.map((path) => line(warn("torn"), `: the unfinished end of a journal is kept in ${path}`)),
  ];
}
