import { type NormalCommitment, normalizeCommitment } from "./call/commitment.ts";
import { isJsonObject, readJsonObject } from "../formats/json/mod.ts";
import { refuseLookalikes } from "../intent/fields.ts";
import { decode } from "../schema/fields.ts";
import {
  COMMITMENT_CONTEXT_FIELDS,
  COMMITMENT_FIELDS,
  commitmentIntentSchema,
} from "../schema/voice/commitment_intent.ts";

/**
 * Read what an agent is about to promise (docs/spec/voice.md section 2). Unknown members are ignored, but not those that
 * another reader could take for known ones; numbers that can't be kept are refused before anything is digested.
 *
 * @throws {GaitError} `invalid_input`
 */
export function readCommitment(bytes: Uint8Array, what: string): NormalCommitment {
  const document = readJsonObject(bytes, { what, duplicates: "refuse", numbers: "unchanged" });
  refuseLookalikes(document, COMMITMENT_FIELDS, `${what}: `);
  const { context } = document;
  if (isJsonObject(context)) refuseLookalikes(context, COMMITMENT_CONTEXT_FIELDS, `${what}: context.`);
  return normalizeCommitment(decode(commitmentIntentSchema, document, what), what);
}
