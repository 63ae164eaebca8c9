import type { ServerAnswer } from "../effects/types.ts";
import type { JsonObject } from "../formats/json/mod.ts";

/** What every answer says: its type is what it says it is. */
const NO_SNIFF = { "x-content-type-options": "nosniff" };

/** A text for people. */
export function plainText(status: number, text: string): ServerAnswer {
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...NO_SNIFF }, body: `${text}\n` };
}

/** One JSON object. */
export function json(status: number, object: JsonObject): ServerAnswer {
  return {
    status,
    headers: { "content-type": "application/json", ...NO_SNIFF },
    body: `${JSON.stringify(object)}\n`,
  };
}

/** Why there is no other answer. */
export function failed(status: number, error: string): ServerAnswer {
  return json(status, { error, ok: false });
}
