import { invalidInput, messageOf } from "../../errors/mod.ts";
import { decodeUtf8 } from "../bytes.ts";
import { MAX_DEPTH } from "./canonical.ts";
import { restoreNames, spellKeysPlainly } from "./escaped_keys.ts";
import { measureJson } from "./structure.ts";
import { firstRounded } from "./exact_numbers.ts";
import { textWeight } from "./weight.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./value.ts";

/** How {@linkcode readJson} treats what RFC 8259 leaves open. */
export interface ReadJsonOptions {
  /** Named in errors, e.g. `manifest.json`. */
  readonly what: string;
  /** `"refuse"` for documents that are signed or decide a verdict; by default the last value counts. */
  readonly duplicates?: "refuse" | "last";
  /** `"exact"` refuses numbers that a double can't hold: what is signed must not be rounded first. */
  readonly numbers?: "exact" | "double";
  /** Bytes of memory that its values may take, as {@linkcode textWeight} reckons; without end when left out. */
  readonly weight?: number;
}

/**
 * Read one JSON document (spec/core.md 1.1): strict RFC 8259, nothing after the value, no BOM; bad UTF-8 bytes
 * and lone surrogates become U+FFFD before anything is hashed.
 *
 * @throws {GaitError} `invalid_input` when the bytes are no such document, nest deeper than
 * {@linkcode MAX_DEPTH} levels, or hold a number beyond the range of a double
 */
export function readJson(input: Uint8Array | string, options: ReadJsonOptions): JsonValue {
  const text = replaceLoneSurrogates(typeof input === "string" ? input.toWellFormed() : decodeUtf8(input));
  const fail = (reason: string, details = {}) =>
    invalidInput(`Cannot read ${options.what}: ${reason}`, details);
  if (options.weight !== undefined && textWeight(text, options.weight) > options.weight) {
    throw fail("its values take too much memory", { detail: "document_too_large" });
  }
  let value: JsonValue;
  try {
    value = parse(text);
  } catch (error) {
    throw fail(messageOf(error), { cause: error });
  }
  const refuse = options.duplicates === "refuse";
  if (refuse || hasManyBrackets(text)) {
    const { depth, duplicate } = measureJson(text);
    if (depth > MAX_DEPTH) throw fail(`JSON is nested deeper than ${MAX_DEPTH} levels`);
    if (refuse && duplicate !== undefined) {
      throw fail(`key "${duplicate}" occurs twice in one object`, { detail: "duplicate_json_key" });
    }
  }
  if (options.numbers === "exact") {
    const rounded = firstRounded(text);
    if (rounded !== undefined) {
      throw fail(`number ${rounded} has more digits than can be kept`, { detail: "number_not_exact" });
    }
  }
  // The text is known to be valid and not too deep; only now may its keys be walked.
  const keys = spellKeysPlainly(text);
  if (!keys) return value;
  const plain = parse(keys.text);
  if (keys.names.size > 0) restoreNames(plain, keys.names);
  return plain;
}

/** Only texts with a fraction, an exponent or a very long number need the slow path. */
function parse(text: string): JsonValue {
  return /[0-9][.eE]|[0-9]{300}/.test(text) ? JSON.parse(text, checkNumber) : JSON.parse(text);
}

/** Read one JSON document that must be an object. */
export function readJsonObject(input: Uint8Array | string, options: ReadJsonOptions): JsonObject {
  const value = readJson(input, options);
  if (!isJsonObject(value)) throw invalidInput(`Cannot read ${options.what}: expected a JSON object`);
  return value;
}

/**
 * Whether a member was written as an integer literal: `1`, not `1.0` or `1e0`. The value alone can't tell,
 * and integer fields accept nothing else (spec/core.md 1.1).
 */
export function isIntegerLiteral(holder: object, member: string): boolean {
  return looseIntegers.get(holder)?.has(member) !== true;
}

/** Members whose value is whole but was written with a fraction or an exponent. */
const looseIntegers = new WeakMap<object, Set<string>>();

function checkNumber(this: object, name: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number") return value;
  if (!Number.isFinite(value)) throw new RangeError(`Number ${context?.source?.slice(0, 40)} is too large`);
  if (Number.isInteger(value) && /[.eE]/.test(context?.source ?? "")) {
    const members = looseIntegers.get(this);
    if (members) members.add(name);
    else looseIntegers.set(this, new Set([name]));
  }
  return value;
}

/** `\ud800`-type escapes without their partner become U+FFFD. Every escape is stepped over whole. */
function replaceLoneSurrogates(text: string): string {
  if (!/\\u[dD][89a-fA-F]/.test(text)) return text;
  return text.replace(ESCAPE, (escape) => LONE.test(escape) ? "\\ufffd" : escape);
}

const ESCAPE = /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[^])/g;
const LONE = /^\\u[dD][89a-fA-F][0-9a-fA-F]{2}$/;

/** Whether nesting deeper than the limit is possible at all. */
function hasManyBrackets(text: string): boolean {
  let seen = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if ((char === 0x5b || char === 0x7b) && ++seen > MAX_DEPTH) return true;
  }
  return false;
}
