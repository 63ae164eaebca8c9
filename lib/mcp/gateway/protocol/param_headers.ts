import { base64, decodeUtf8Strict, fromBase64, utf8 } from "../../../formats/bytes.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../formats/json/mod.ts";

/*
 * In the stateless revision headers repeat what stands in the body, so that intermediaries can decide by them; a tool
 * says of an argument that a header repeats it by `x-mcp-header` in its schema.
 */

/** The error for headers that say something else than the body. */
export const HEADER_MISMATCH = -32020;

/** The beginning of the headers that repeat arguments, in lower case. */
export const PARAM_PREFIX = "mcp-param-";

const KEY = "x-mcp-header";
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;

/** Schemas with more properties are only read so far. */
const MAX_PROPERTIES = 1_000;

/** An argument that a header repeats. */
export interface ParamHeader {
  /** In lower case. */
  readonly name: string;
  /** Absent where the arguments have no such value: then there must be no header either. */
  readonly value?: string | number | boolean;
}

/** The headers that the arguments of a call must have, or must not. */
export function paramHeadersOf(inputSchema: JsonValue | undefined, args: JsonObject): ParamHeader[] {
  const found: ParamHeader[] = [];
  const open: [schema: JsonValue | undefined, value: JsonValue | undefined][] = [[inputSchema, args]];
  for (let seen = 0; open.length > 0 && seen < MAX_PROPERTIES; seen++) {
    const [schema, value] = open.pop()!;
    if (!isJsonObject(schema)) continue;
    const name = schema[KEY];
    const isPlain = typeof value === "string" || typeof value === "boolean" || typeof value === "number";
    if (typeof name === "string" && TOKEN.test(name)) {
      found.push({ name: PARAM_PREFIX + name.toLowerCase(), ...(isPlain ? { value } : {}) });
    }
    const { properties } = schema;
    if (!isJsonObject(properties)) continue;
    for (const [key, inner] of Object.entries(properties)) {
      open.push([inner, isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined]);
    }
  }
  return found;
}

/** The first header that does not repeat its argument. */
export function paramHeaderFault(
  expected: readonly ParamHeader[],
  given: ReadonlyMap<string, string>,
): string | undefined {
  return expected.find(({ name, value }) => {
    const header = given.get(name);
    if (value === undefined) return header !== undefined;
    const text = header === undefined ? undefined : decodeHeader(header);
    if (text === undefined) return true;
    return typeof value === "number"
      ? !/^-?[0-9]{1,16}(?:\.[0-9]{1,16})?$/.test(text) || Number(text) !== value
      : text !== String(value);
  })?.name;
}

/** A text as the value of a header: what is no printable ASCII is encoded. */
export function encodeHeader(text: string): string {
  const plain = /^[\x21-\x7e](?:[\x20-\x7e]{0,8000}[\x21-\x7e])?$/.test(text) &&
    !text.startsWith("=?base64?");
  return plain ? text : `=?base64?${base64(utf8(text))}?=`;
}

/** The text that the value of a header stands for; nothing for a wrong encoding. */
export function decodeHeader(value: string): string | undefined {
  if (!value.startsWith("=?base64?") || !value.endsWith("?=")) return value;
  const bytes = fromBase64(value.slice("=?base64?".length, -"?=".length));
  return bytes && decodeUtf8Strict(bytes);
}
