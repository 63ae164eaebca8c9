import { invalidInput } from "../errors/mod.ts";
import { readJsonObject, type ReadJsonOptions } from "../formats/json/mod.ts";
import { decode } from "../schema/fields.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { SESSION_CHAIN_SCHEMA_ID, type SessionChain, sessionChainSchema } from "../schema/session_chain.ts";

/**
 * Read a session chain (docs/spec/core.md 5.2, docs/spec/sessions.md section 5); checkpoints come sorted by index.
 *
 * @throws {GaitError} `invalid_input`
 */
export function readSessionChain(bytes: Uint8Array): SessionChain {
  const chain = parseSessionChain(bytes);
  const checkpoints = [...chain.checkpoints].sort((a, b) => a.checkpoint_index - b.checkpoint_index);
  return { ...chain, checkpoints };
}

/**
 * Read a session chain; checkpoints come as they stand, which is what a verification judges.
 *
 * @param options `duplicates: "refuse"` refuses keys that occur twice
 * @throws {GaitError} `invalid_input`
 */
export function parseSessionChain(
  bytes: Uint8Array,
  options: Pick<ReadJsonOptions, "duplicates"> = {},
): SessionChain {
  const what = "session chain";
  const chain = decode(sessionChainSchema, readJsonObject(bytes, { what, ...options }), what);
  const schemaId = chain.schema_id || SESSION_CHAIN_SCHEMA_ID;
  if (schemaId !== SESSION_CHAIN_SCHEMA_ID || (chain.schema_version || RECORD_VERSION) !== RECORD_VERSION) {
    throw invalidInput(`Cannot read ${what}: it is "${schemaId}" ${chain.schema_version}`);
  }
  if (chain.session_id === "" || chain.run_id === "") {
    throw invalidInput(`Cannot read ${what}: an id is missing`, {
      hint:
        "Give a runpack, a pack or a chain that gait wrote; make a runpack of a conversation with gait run import",
    });
  }
  if (chain.checkpoints.length === 0) throw invalidInput(`Cannot read ${what}: it has no checkpoints`);
  return chain;
}
