import * as v from "valibot";
import type { JsonObject } from "../../formats/json/mod.ts";
import { anyObject, integer, integersIn, omitEmpty, strictObject, text, time } from "../fields.ts";

/** One thing that happened in a call (docs/spec/voice.md 5.2). */
export const callEventSchema = v.pipe(
  integersIn("call_seq", "turn_index"),
  strictObject({
    schema_id: text,
    schema_version: text,
    created_at: time,
    call_id: text,
    call_seq: integer,
    turn_index: integer,
    event_type: text,
    commitment_class: text,
    intent_digest: text,
    policy_digest: text,
    say_token_id: text,
    payload_digest: text,
    attributes: anyObject,
  }),
);

export type CallEvent = v.InferOutput<typeof callEventSchema>;

/** The written form. */
export function encodeCallEvent(event: CallEvent): JsonObject {
  return omitEmpty(
    event,
    "commitment_class",
    "intent_digest",
    "policy_digest",
    "say_token_id",
    "payload_digest",
    "attributes",
  );
}
