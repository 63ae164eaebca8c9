import { invalidInput } from "../errors/mod.ts";
import { decodeUtf8Strict, fromBase64 } from "../formats/bytes.ts";
import { asText, isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { UNREAD_BODY } from "./formats/recorded_exchanges.ts";
import { MAX_CONVERSATION_BYTES, type Roots } from "./input.ts";
import { decompress, tooLarge } from "./unpack_log.ts";
import { BINARY, readYamlLog } from "./yaml_log.ts";

/**
 * Read a cassette in YAML, as VCR writes it in Python, Ruby and Go: the values of its JSON form, with bodies as texts.
 * Bodies may be in base64, and packed as they came over the wire.
 *
 * @throws {GaitError} `invalid_input` if it is no YAML, or no cassette
 */
export async function readCassette(bytes: Uint8Array, what: string): Promise<Roots> {
  const document = readYamlLog(bytes, what);
  if (!isJsonObject(document)) throw invalidInput(`Cannot read ${what}: it is no cassette`);
  let left = MAX_CONVERSATION_BYTES;
  const interactions: JsonValue[] = [];
  for (const one of interactionsOf(document)) {
    if (!isJsonObject(one)) {
      interactions.push(one);
      continue;
    }
    const sides: JsonObject = {};
    for (const side of ["request", "response"]) {
      const given = one[side];
      if (!isJsonObject(given)) continue;
      const body = await unpackedBody(given, left);
      if (typeof body === "string") left -= body.length;
      if (left < 0) throw tooLarge(what);
      sides[side] = { ...given, body };
    }
    interactions.push({ ...one, ...sides });
  }
  return { values: [{ ...document, interactions }], position: () => "cassette" };
}

/** The pairs of a cassette; some serialisers write two lists in their place. */
function interactionsOf(document: JsonObject): JsonValue[] {
  const { interactions, http_interactions: http, requests, responses } = document;
  const list = [interactions, http].find(Array.isArray);
  if (list !== undefined) return list;
  if (!Array.isArray(requests) || !Array.isArray(responses)) return [];
  return requests.map((request, i) => ({ request, response: responses[i] ?? null }));
}

/** The body of a request or response as a text, or as the value that the serialiser made of it. */
async function unpackedBody(side: JsonObject, limit: number): Promise<JsonValue> {
  const { body, parsed_body: parsed } = side;
  if (parsed !== undefined && (body ?? null) === null) return parsed;
  const inside = isJsonObject(body) && !Object.hasOwn(body, BINARY)
    ? body.string ?? (typeof body.base64_string === "string" ? { [BINARY]: body.base64_string } : body)
    : body ?? null;
  if (!isJsonObject(inside) || typeof inside[BINARY] !== "string") return inside;
  const bytes = fromBase64(inside[BINARY].replaceAll(/\s/g, ""));
  if (bytes === undefined) return { [UNREAD_BODY]: "no base64" };
  const packing = packingOf(bytes, encodingOf(side));
  const plain = packing === undefined ? bytes : await decompress(bytes, packing, "the cassette", limit);
  const text = decodeUtf8Strict(plain ?? bytes);
  return text ?? { [UNREAD_BODY]: encodingOf(side) || "bytes" };
}

/** How bytes are packed. A recorder that unpacked a body may have kept the header that tells of the packing. */
function packingOf(bytes: Uint8Array, encoding: string): "gzip" | "deflate" | "brotli" | undefined {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return "gzip";
  if (bytes[0] === 0x78 && encoding === "deflate") return "deflate";
  // Nothing marks the beginning of brotli; hardly a text is valid brotli.
  return encoding === "br" ? "brotli" : undefined;
}

/** What a server says that it packed its body with. */
function encodingOf({ headers }: JsonObject): string {
  if (!isJsonObject(headers)) return "";
  const name = Object.keys(headers).find((one) => one.toLowerCase() === "content-encoding");
  const value = name === undefined ? "" : headers[name];
  return asText(Array.isArray(value) ? value[0] : value).slice(0, 40);
}
