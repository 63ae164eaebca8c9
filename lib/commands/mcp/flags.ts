import { adapterOf, ADAPTERS } from "../../mcp/adapters/table.ts";
import { trim } from "../../formats/text.ts";
import { JOB_ROOT } from "../../job/folder.ts";
import { type FlagValues, text, type ValueFlag } from "../define.ts";
import { gateFlags, tokenFlags } from "../gate/flags.ts";

const { simulate: _simulated, ...setUp } = gateFlags;

/** Flags of whatever decides calls at the boundary (docs/spec/mcp.md section 2); the gate is set up as for `gate eval`. */
export const boundaryFlags = {
  ...setUp,
  adapter: adapterFlag(),
  "job-root": text("folder", "where jobs are looked for, whose emergency stop holds here", {
    default: JOB_ROOT,
  }),
  "context-envelope": text("file", "evidence of the context that calls are made in"),
  "export-log-out": text("file", "append each decision as a line of a log"),
  "export-otel-out": text("file", "append each decision as a line in the manner of OpenTelemetry"),
};

/** Flags of tokens that come with one call. */
export const callTokenFlags = tokenFlags;

/** The format of payloads; a value of blanks is the native one. */
function adapterFlag(): ValueFlag<string> {
  return {
    ...text("format", "format of the call", { default: "mcp" }),
    choices: ADAPTERS,
    read: (given) => trim(given) === "" ? "mcp" : adapterOf(given).name,
  };
}

export type BoundaryFlags = FlagValues<typeof boundaryFlags>;
