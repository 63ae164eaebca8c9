import { invalidInput } from "../../errors/mod.ts";
import { utf8 } from "../bytes.ts";
import type { JsonObject, JsonValue } from "./value.ts";

/** Deeper nesting is refused, so that no input can exhaust the stack. */
export const MAX_DEPTH = 1000;

/**
 * Canonical JSON text (RFC 8785, docs/spec/core.md section 1).
 *
 * @throws {GaitError} `invalid_input` for a number that is not a finite double, a lone surrogate, nesting deeper
 * than {@linkcode MAX_DEPTH}, or a value that JSON does not have
 */
export function canonicalize(value: JsonValue): string {
  return write(value, 0);
}

/** The UTF-8 bytes of {@linkcode canonicalize}: what digests and signatures are taken over. */
export function canonicalBytes(value: JsonValue): Uint8Array<ArrayBuffer> {
  return utf8(canonicalize(value));
}

function write(value: JsonValue, depth: number): string {
  switch (typeof value) {
    case "string":
      return writeString(value);
    case "number":
      // JSON.stringify prints the shortest ECMAScript form and -0 as 0, which is RFC 8785 section 3.2.2.3.
      if (!Number.isFinite(value)) throw invalidInput("Number is too large for JSON");
      return JSON.stringify(value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      if (value === null) return "null";
      if (depth >= MAX_DEPTH) throw invalidInput(`JSON is nested deeper than ${MAX_DEPTH} levels`);
      return Array.isArray(value) ? writeArray(value, depth + 1) : writeObject(value, depth + 1);
    default:
      throw invalidInput(`JSON has no value of type "${typeof value}"`);
  }
}

function writeArray(items: JsonValue[], depth: number): string {
  let text = "[";
  for (let i = 0; i < items.length; i++) text += (i === 0 ? "" : ",") + write(items[i]!, depth);
  return text + "]";
}

function writeObject(object: JsonObject, depth: number): string {
  const names = Object.keys(object);
  sortNames(names);
  let text = "{";
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    text += (i === 0 ? "" : ",") + (written.get(name) ?? writeName(name)) + write(object[name]!, depth);
  }
  return text + "}";
}

/** Sort by UTF-16 code units, as RFC 8785 section 3.2.3 requires. */
function sortNames(names: string[]): void {
  if (names.length > FEW) {
    names.sort();
    return;
  }
  // By insertion: most objects have few names, of which many are in order already.
  for (let i = 1; i < names.length; i++) {
    const name = names[i]!;
    let at = i;
    for (; at > 0 && names[at - 1]! > name; at--) names[at] = names[at - 1]!;
    names[at] = name;
  }
}

const FEW = 16;

/** Names of members that were written before, with their colons: the records of a run have the same few. */
const written = new Map<string, string>();

/** Most names that are kept, and characters of one; documents may have any number of names. */
const KEPT = 256;
const KEPT_LENGTH = 64;

function writeName(name: string): string {
  const text = writeString(name) + ":";
  if (written.size < KEPT && name.length <= KEPT_LENGTH) written.set(name, text);
  return text;
}

/** Text that stands in quotes as it is; a surrogate is none. Looking for it takes a third of the time of writing it. */
const PLAIN = /^[ !#-[\]-~]*$/;

function writeString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  // A lone surrogate has no UTF-8 form. Our readers replace it, so one at this point is a programming error that must
  // not reach a digest.
  if (!text.isWellFormed()) throw invalidInput("Text contains a lone surrogate");
  return JSON.stringify(text);
}
