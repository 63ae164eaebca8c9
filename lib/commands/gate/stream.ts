import { serveStream } from "../../gate/stream/serve.ts";
import { defineCommand, integer } from "../define.ts";
import { served } from "../outcome.ts";
import { withMigration } from "../policy/migration.ts";
import { GATE_FLAG_OF, keepNeeds } from "./flags.ts";
import { finishing, openOf, openOptions, streamFlags, withFlagNames } from "./open.ts";

const MAX_IN_FLIGHT = 256;

/** `gait gate stream`: NDJSON in, NDJSON out (docs/gate_stream.md). */
export default defineCommand({
  explain:
    "Reads one intent request per line from standard input and writes one decision per line to standard output, in order; each signed trace is durable before its line is printed.",
  flags: {
    ...streamFlags,
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
      const limits = { maxLineBytes: flags["max-line-bytes"], maxInFlight: flags["max-in-flight"] };
      const options = await openOptions(flags, effects.files);
      keepNeeds(options, narrow);
      const gate = await openOf(options, effects, version, await correlationId(), notify);
      return await finishing(gate, async () => {
        await serveStream(withFlagNames(gate), await effects.stdio(), limits);
        return served();
      });
    }),
});
