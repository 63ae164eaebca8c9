import type { ServerAnswer } from "../effects/types.ts";
import { invalidInput } from "../errors/mod.ts";
import { type JsonObject, readJsonObject } from "../formats/json/mod.ts";
import { flag, text } from "../intent/fields.ts";
import { json } from "../serve/responses.ts";
import type { UiRoute } from "./guard.ts";

/** The members of a request of the page. */
export interface RequestFields {
  /** A text; empty if absent. */
  text(name: string): string;
  /** A whole number from 0 on. */
  count(name: string, fallback: number): number;
  /** Whether it is set. */
  flag(name: string): boolean;
}

const AT = "request: ";

/** Read the body of a request. */
export function readFields(body: Uint8Array<ArrayBuffer>): RequestFields {
  const request = readJsonObject(body, { what: "request", duplicates: "refuse" });
  return {
    text: (name) => text(request, name, AT),
    flag: (name) => flag(request, name, AT),
    count(name, fallback) {
      const value = request[name] ?? fallback;
      if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
      throw invalidInput(`Cannot read ${AT}${name}: expected a whole number`);
    },
  };
}

/** A route that takes fields and answers with an object. */
export function query(answer: (fields: RequestFields) => JsonObject | Promise<JsonObject>): UiRoute {
  return {
    method: "POST",
    answer: async (body): Promise<ServerAnswer> => json(200, { ok: true, ...await answer(readFields(body)) }),
  };
}
