import type { Effects, Files } from "../../effects/mod.ts";
import { namingOptions } from "../../errors/mod.ts";
import { trim } from "../../formats/text.ts";
import { type OpenGate, openGate } from "../../gate/open.ts";
import type { GateOptions } from "../../gate/options.ts";
import { recoveredWarnings } from "../../gate/trace/recover.ts";
import { bool, type FlagValues, integer, path } from "../define.ts";
import { flagName } from "../flag_names.ts";
import type { Outcome } from "../outcome.ts";
import { type Line, line, warn } from "../text.ts";
import { defaultsOf, GATE_FLAG_OF, gateFlags, gateOptions } from "./flags.ts";

const TRACE_FOLDER = "gait-out/traces";
const MAX_LINE_BYTES = 1 << 20;

/** Flags of a gate that stays open and reads lines. */
export const streamFlags = {
  ...gateFlags,
  "trace-dir": path("folder", "where the signed traces go", { default: TRACE_FOLDER }),
  "no-trace": bool("write no traces and sign nothing"),
  "max-line-bytes": integer("bytes", "largest size of a line; longer ones are answered with a block", {
    default: MAX_LINE_BYTES,
    least: 1,
  }),
};

/** The options of such a gate. */
export async function openOptions(
  flags: FlagValues<typeof streamFlags>,
  files: Files,
): Promise<GateOptions> {
  const options = gateOptions(flags, await defaultsOf(flags, files));
  return { ...options, traceDir: flags["no-trace"] ? undefined : trim(flags["trace-dir"]) };
}

/** Open the gate, and print its notes. */
export async function openOf(
  options: GateOptions,
  effects: Effects,
  version: string,
  correlationId: string,
  notify: (note: Line) => void,
): Promise<OpenGate> {
  const gate = await openGate({ ...options, correlationId }, effects, version);
  for (const note of notesOf(gate)) notify(note);
  return gate;
}

/**
 * A gate whose errors name flags. They are answers to lines, so the dispatcher, which does this for other errors,
 * never sees them.
 */
export function withFlagNames(gate: OpenGate): Pick<OpenGate, "decide" | "report"> {
  const name = (field: string) => flagName(field, { flagOf: { ...GATE_FLAG_OF, "record.file": "runpack" } });
  return {
    decide: (call) => namingOptions(() => gate.decide(call), name),
    report: (id, result) => namingOptions(() => gate.report(id, result), name),
  };
}

/** Close the gate in any case; the first error is reported. */
export async function finishing(
  gate: OpenGate,
  notify: (note: Line) => void,
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

/** What the traces and options of a gate give reason to say. */
export function notesOf({ warnings, recovered }: OpenGate): Line[] {
  return [...warnings, ...recoveredWarnings(recovered)].map((text) => line(warn("warning"), `: ${text}`));
}
