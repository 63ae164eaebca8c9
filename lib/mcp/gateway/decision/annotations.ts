import { isJsonObject, type JsonObject } from "../../../formats/json/mod.ts";
import type { ToolMapping } from "./mapping.ts";

/** What a tool may do, as it is decided. */
export interface ToolEffects {
  readonly readOnly: boolean;
  readonly destructive: boolean;
  readonly idempotent: boolean;
  readonly openWorldHint: boolean;
}

/** The worst that a tool may do, and what the protocol says of one without annotations. */
const WORST: ToolEffects = { readOnly: false, destructive: true, idempotent: false, openWorldHint: true };

/** What reading a resource or a prompt does, and asking the client: the protocol has no annotations for these. */
export const READING: ToolEffects = {
  readOnly: true,
  destructive: false,
  idempotent: true,
  openWorldHint: true,
};
export const ASKING: ToolEffects = {
  readOnly: false,
  destructive: false,
  idempotent: false,
  openWorldHint: true,
};

/**
 * The effects of a tool (docs/spec/mcp.md 10.5). A server describes its tools itself, so what it says in favour of one
 * counts only when the server is trusted; the mapping file is the word of whoever runs the gateway.
 *
 * INVARIANT: without trust and without a mapping, no annotation makes a tool look less harmful than one that has none.
 */
export function effectsOf(
  descriptor: JsonObject | undefined,
  { trusted, mapping }: { readonly trusted: boolean; readonly mapping: ToolMapping | undefined },
): ToolEffects {
  const said = trusted ? saidBy(descriptor?.["annotations"]) : WORST;
  return {
    readOnly: mapping?.readOnly ?? said.readOnly,
    destructive: mapping?.destructive ?? (mapping?.readOnly === true ? false : said.destructive),
    idempotent: mapping?.idempotent ?? said.idempotent,
    openWorldHint: mapping?.openWorldHint ?? said.openWorldHint,
  };
}

function saidBy(annotations: unknown): ToolEffects {
  if (!isJsonObject(annotations as JsonObject)) return WORST;
  const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = annotations as JsonObject;
  const readOnly = readOnlyHint === true;
  return {
    readOnly,
    // Meaningful only for tools that change something.
    destructive: readOnly ? destructiveHint === true : destructiveHint !== false,
    idempotent: idempotentHint === true,
    openWorldHint: openWorldHint !== false,
  };
}
