import type { JsonObject } from "../../../formats/json/mod.ts";
import type { Hold } from "../../../guard/retain/holds.ts";
import { omitEmpty } from "../../../schema/fields.ts";

/** A hold as JSON. */
export function encodeHold(hold: Hold): JsonObject {
  return omitEmpty(hold, "reason", "case_id");
}
