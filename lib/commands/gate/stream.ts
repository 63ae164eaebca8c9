import { namingOptions } from "../../errors/mod.ts";
import { type OpenGate, openGate } from "../../gate/open.ts";
import { serveStream } from "../../gate/stream/serve.ts";
import { trim } from "../../formats/text.ts";
import { bool, defineCommand, integer, path } from "../define.ts";
import { type Outcome, served } from "../outcome.ts";
import { withMigration } from "../policy/migration.ts";
import { type Line, line, warn } from "../text.ts";
import { flagName } from "../flag_names.ts";
import { defaultsOf, GATE_FLAG_OF, gateFlags, gateOptions, keepNeeds } from "./flags.ts";

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
  flagOf: GATE_FLAG_OF,
  flagsFirst: true,
  examples: [
    "gait gate stream --policy policy.yaml < intents.ndjson",
    "gait gate stream --policy policy.yaml --key-mode prod --private-key gait.key --trace-dir traces",
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
      const gate = await openGate(
        {
          ...options,
          traceDir: flags["no-trace"] ? undefined : trim(flags["trace-dir"]),
          correlationId: await correlationId(),
        },
        effects,
        version,
      );
      for (const note of notesOf(gate)) notify(note);
      return await finishing(gate, async () => {
        await serveStream(withFlagNames(gate), await effects.stdio(), limits);
        return served();
      });
    }),
});

/**
 * A gate whose errors name flags. They are answers to lines, so the dispatcher, which does this for other errors,
 * never sees them.
 */
function withFlagNames(gate: OpenGate): Pick<OpenGate, "decide"> {
  const name = (field: string) => flagName(field, { flagOf: GATE_FLAG_OF });
  return { decide: (call) => namingOptions(() => gate.decide(call), name) };
}

/** Close the gate in any case; the first error is reported. */
async function finishing(gate: OpenGate, serve: () => Promise<Outcome>): Promise<Outcome> {
  let outcome: Outcome;
  try {
    outcome = await serve();
  } catch (error) {
    await gate.close().catch(() => {});
    throw error;
  }
  await gate.close();
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
