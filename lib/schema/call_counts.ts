import { integer } from "./fields.ts";

/** How many records of each kind a call has, as payload and manifest of its pack both say (docs/spec/voice.md 5.7, 6). */
export const callCounts = {
  event_count: integer,
  commitment_count: integer,
  decision_count: integer,
  speak_receipt_count: integer,
  reference_digest_count: integer,
};

/** Their names, in the order of the lists. */
export const CALL_COUNTS = Object.keys(callCounts) as readonly (keyof typeof callCounts)[];
