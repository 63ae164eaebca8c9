import type { ServerAnswer } from "../effects/types.ts";
import { isJsonObject, type JsonObject } from "../formats/json/mod.ts";

/** Part of every answer: browsers must not guess another content type. */
const NO_SNIFF = { "x-content-type-options": "nosniff" };

/** A plain-text answer. */
export function plainText(status: number, text: string): ServerAnswer {
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...NO_SNIFF }, body: `${text}\n` };
}

/** An answer with one JSON object. */
export function json(status: number, object: JsonObject): ServerAnswer {
  return {
    status,
    headers: { "content-type": "application/json", ...NO_SNIFF },
    body: `${JSON.stringify(object)}\n`,
  };
}

/** An error answer with its reason. */
export function failed(status: number, error: string): ServerAnswer {
  return json(status, { error, ok: false });
}

/** The reason in an error answer of this program: a JSON object, or a plain text. */
export function reasonIn({ body }: Pick<ServerAnswer, "body">): string {
  const value: unknown = body.startsWith("{") ? JSON.parse(body) : undefined;
  return isJsonObject(value) && typeof value.error === "string" ? value.error : body.trim();
}
