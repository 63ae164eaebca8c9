import { adapterOf, ADAPTERS } from "../../mcp/adapters/table.ts";
import { JOB_ROOT } from "../../job/folder.ts";
import { type FlagValues, path, text, type ValueFlag } from "../define.ts";
import { gateFlags, tokenFlags } from "../gate/flags.ts";

const { simulate: _simulated, ...setUp } = gateFlags;

/**
 * Flags of the commands that decide calls at the boundary (docs/spec/mcp.md section 2); the gate is configured as for
 * `gate eval`.
 */
export const boundaryFlags = {
  ...setUp,
  adapter: adapterFlag(),
  "job-root": path("folder", "folder of the jobs whose emergency stops apply", {
    default: JOB_ROOT,
  }),
  "context-envelope": path("file", "context envelope of the calls"),
  "export-log-out": path("file", "append each decision as a line to this log"),
  "export-otel-out": path("file", "append each decision as an OpenTelemetry-style line"),
};

/** Flags for the tokens of one call. */
export const callTokenFlags = tokenFlags;

/** The format of payloads; a blank value means the native one. */
function adapterFlag(): ValueFlag<string> {
  return {
    ...text("format", "format of the call", { default: "mcp" }),
    choices: ADAPTERS,
    read: (given) => adapterOf(given).name,
  };
}

export type BoundaryFlags = FlagValues<typeof boundaryFlags>;
