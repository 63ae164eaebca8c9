import { invalidInput } from "../errors/mod.ts";
import { decodeUtf8Strict } from "../formats/bytes.ts";
import type { JsonValue } from "../formats/json/mod.ts";
import { resolvePlain } from "../formats/yaml/scalar.ts";
import type { YamlNode, YamlScalar } from "../formats/yaml/mod.ts";
import { parseYamlOfOthers } from "../formats/yaml/parse.ts";
import { MAX_CONVERSATION_BYTES, type Roots } from "./input.ts";
import { tooLarge } from "./unpack_log.ts";

/** Marks a scalar in base64; its bytes may be text, or what a server packed. */
export const BINARY = "gait_base64";

/**
 * Read a log in YAML as the JSON value that it is; numbers that a double can't hold are texts.
 *
 * @throws {GaitError} `invalid_input` if it is no YAML, or aliases repeat a text until it fills the memory
 */
export function readYamlLog(bytes: Uint8Array, what: string): JsonValue {
  const source = decodeUtf8Strict(bytes);
  if (source === undefined) throw invalidInput(`Cannot read ${what}: it is no UTF-8`);
  const root = parseYamlOfOthers(source, what);
  let left = MAX_CONVERSATION_BYTES;
  const of = (node: YamlNode): JsonValue => {
    if (node.kind === "sequence") return node.items.map(of);
    if (node.kind === "mapping") {
      return Object.fromEntries(node.entries.map(({ key, value }) => [key.text, of(value)]));
    }
    left -= node.text.length;
    if (left < 0) throw tooLarge(what);
    return scalarOf(node, source);
  };
  return root === undefined ? null : of(root);
}

/** A log that is one document. */
export function readYamlRoots(bytes: Uint8Array, what: string): Roots {
  return { values: [readYamlLog(bytes, what)], position: () => "conversation 1" };
}

function scalarOf({ text, plain, at }: YamlScalar, source: string): JsonValue {
  // The reader of YAML that others wrote does not tell of tags; this one stands before its scalar.
  if (source.slice(Math.max(0, at - 16), at).trimEnd().endsWith("!!binary")) return { [BINARY]: text };
  const resolved = plain ? resolvePlain(text) : STRING;
  if (resolved.kind === "str") return text;
  if (resolved.kind === "null") return null;
  if (resolved.kind === "bool") return resolved.value;
  const number = Number(resolved.value);
  const isExact = resolved.kind === "int" ? Number.isSafeInteger(number) : Number.isFinite(number);
  return isExact ? number : text;
}

const STRING = { kind: "str" } as const;
