import { invalidInput } from "../../errors/mod.ts";
import { readJsonObject } from "../../formats/json/mod.ts";
import { decode } from "../../schema/fields.ts";
import { RECORD_VERSION } from "../../schema/runpack_layout.ts";
import {
  SESSION_CHAIN_SCHEMA_ID,
  type SessionChain,
  sessionChainSchema,
} from "../../schema/session_chain.ts";

/**
 * Read a session chain (spec/core.md 5.2, spec/sessions.md section 5); checkpoints come sorted by index.
 *
 * @throws {GaitError} `invalid_input`
 */
export function readSessionChain(bytes: Uint8Array): SessionChain {
  const what = "session chain";
  const chain = decode(sessionChainSchema, readJsonObject(bytes, { what }), what);
  const schemaId = chain.schema_id || SESSION_CHAIN_SCHEMA_ID;
  if (schemaId !== SESSION_CHAIN_SCHEMA_ID || (chain.schema_version || RECORD_VERSION) !== RECORD_VERSION) {
    throw invalidInput(`Cannot read ${what}: it is "${schemaId}" ${chain.schema_version}`);
  }
  if (chain.session_id === "" || chain.run_id === "") {
    throw invalidInput(`Cannot read ${what}: an id is missing`);
  }
  if (chain.checkpoints.length === 0) throw invalidInput(`Cannot read ${what}: it has no checkpoints`);
  const checkpoints = [...chain.checkpoints].sort((a, b) => a.checkpoint_index - b.checkpoint_index);
  return { ...chain, checkpoints };
}
