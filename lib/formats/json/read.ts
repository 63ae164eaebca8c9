import { invalidInput, messageOf } from "../../errors/mod.ts";
import { decodeUtf8, decodeUtf8Strict } from "../bytes.ts";
import { MAX_DEPTH } from "./canonical.ts";
import { restoreNames, spellKeysPlainly } from "./escaped_keys.ts";
import { type JsonStructure, measureDepth, measureJson } from "./structure.ts";
import { syntaxFault } from "./syntax_fault.ts";
import { firstChanged, firstRespelled, firstRounded, isRounded } from "./exact_numbers.ts";
import { textWeight } from "./weight.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./value.ts";

/** How {@linkcode readJson} treats cases that RFC 8259 leaves open. */
export interface ReadJsonOptions {
  /** Name in errors, e.g. `manifest.json`. */
  readonly what: string;
  /** `"refuse"` for documents that are signed or decide a verdict; by default the last value wins. */
  readonly duplicates?: "refuse" | "last";
  /**
   * `"exact"` refuses numbers that a double can't represent: signed data must not be rounded first. `"unchanged"`
   * refuses whatever {@linkcode firstChanged} finds, with its path, and text that is not valid Unicode, because all
   * invalid text would become the same U+FFFD; a function is called instead of throwing. `"text"` keeps a number that
   * a double can't represent as its source text, so that two different ids never become equal.
   */
  readonly numbers?: "exact" | "unchanged" | "text" | "double" | ((reason: string) => void);
  /**
   * The document carries signatures over its canonical form, so its bytes must mean the same as that form: refuses
   * duplicate keys, numbers that RFC 8785 writes differently, and invalid Unicode. An attacker could otherwise edit
   * them without breaking the signature. White space and order are free.
   */
  readonly signed?: boolean;
  /** The line number of the document in a JSONL file. */
  readonly line?: number;
  /** The most memory that its values may take in bytes, as {@linkcode textWeight} estimates; unlimited by default. */
  readonly weight?: number;
}

/** Error details for signed documents that readers would interpret differently. */
export const AMBIGUOUS = ["duplicate_json_key", "number_not_exact", "text_not_unicode"];

/**
 * Read one JSON document (docs/spec/core.md 1.1): strict RFC 8259, nothing after the value, no BOM; bad UTF-8 bytes
 * and lone surrogates become U+FFFD before anything is hashed.
 *
 * @throws {GaitError} `invalid_input` when the bytes are no such document, nest deeper than
 * {@linkcode MAX_DEPTH} levels, or hold a number beyond the range of a double
 */
export function readJson(input: Uint8Array | string, options: ReadJsonOptions): JsonValue {
  const { signed = false } = options;
  const given = typeof input === "string" ? input.toWellFormed() : decodeUtf8(input);
  const text = replaceLoneSurrogates(given);
  const what = options.line === undefined ? options.what : `${options.what}, line ${options.line}`;
  const fail = (reason: string, details = {}) => invalidInput(`Cannot read ${what}: ${reason}`, details);
  if (options.weight !== undefined && textWeight(text, options.weight) > options.weight) {
    throw fail("its values take too much memory", { detail: "document_too_large" });
  }
  const refuse = signed || options.duplicates === "refuse";
  let value: JsonValue;
  let structure: JsonStructure | undefined;
  try {
    if (refuse) {
      // The structure tells how numbers are written outside of texts, so that ids such as "3e5f" cost nothing.
      value = JSON.parse(text);
      structure = measureJson(text);
      if (hasOddNumber(structure, options.numbers)) {
        value = null; // so that the document is not held twice
        value = parseOddNumbers(text, options.numbers);
      }
    } else value = parse(text, options.numbers);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw fail(messageOf(error), { cause: error });
    if (/^[ \t\n\r]*$/.test(text)) {
      throw fail("it is empty", { cause: error, hint: "Give a JSON document: nothing was written there" });
    }
    throw invalidInput(`Cannot read ${options.what}: ${syntaxFault(text, options.line)}`, {
      cause: error,
      hint: /\.ya?ml"?$/i.test(options.what)
        ? "It is called YAML, and JSON belongs here: check which file is which"
        : "Repair the JSON there: keys and texts in double quotes, no comments, no comma before ] or }",
    });
  }
  const reports = options.numbers === "unchanged" || typeof options.numbers === "function";
  if ((signed || reports) && (text !== given || input !== given && !isUnicode(input))) {
    const reason = "its text is no Unicode";
    if (typeof options.numbers === "function") {
      options.numbers(`${reason}, so it can't be told apart from others`);
    } else throw fail(reason, { detail: "text_not_unicode" });
  }
  const mayBeDeep = structure === undefined && hasManyBrackets(text);
  // Whether a key has an escape is asked below; without any, the depth is all that is to be measured.
  if (mayBeDeep && text.includes("\\")) structure = measureJson(text);
  const depth = structure?.depth ?? (mayBeDeep ? measureDepth(text) : 0);
  if (depth > MAX_DEPTH) throw fail(`JSON is nested deeper than ${MAX_DEPTH} levels`);
  if (refuse && structure?.duplicate !== undefined) {
    throw fail(`key "${structure.duplicate}" occurs twice in one object`, { detail: "duplicate_json_key" });
  }
  if (signed || options.numbers === "exact") {
    const rounded = signed ? firstRespelled(text) : firstRounded(text);
    if (rounded !== undefined) {
      const reason = signed ? "is not written as it was signed" : "has more digits than can be kept";
      throw fail(`number ${rounded} ${reason}`, { detail: "number_not_exact" });
    }
  }
  if (reports) {
    const changed = firstChanged(text);
    if (changed) {
      const reason = `number ${changed.number} at "${changed.path}" can't be told apart from others`;
      if (typeof options.numbers === "function") options.numbers(reason);
      else {
        throw fail(reason, {
          detail: "number_not_exact",
          hint: `Send it as a text: "${changed.number}" in quotes`,
        });
      }
    }
  }
  // The text is valid and not too deep, so its keys can be walked.
  const keys = structure?.hasEscapedKey === false ? undefined : spellKeysPlainly(text);
  if (!keys) return value;
  const plain = parse(keys.text, options.numbers);
  if (keys.names.size > 0) restoreNames(plain, keys.names);
  return plain;
}

/** Whether an input is well-formed Unicode. */
function isUnicode(input: Uint8Array | string): boolean {
  return typeof input === "string" ? input.isWellFormed() : decodeUtf8Strict(input) !== undefined;
}

/** A fraction or an exponent behind a delimiter or at the start; the digits of a digest, `"3e…"`, stand behind a quote. */
const FRACTION = /[:,[ \t\n\r]-?[0-9]+[.eE]/;
const FIRST_FRACTION = /^[ \t\n\r]*-?[0-9]+[.eE]/;

/** Digits of a number that may be too large for a double. */
const LONG = 300;
const LONG_NUMBER = /[0-9]{300}/;

/** What only a number that a double may not represent has, and some texts. */
const MANY_DIGITS = /[0-9.]{16}/;
const EXPONENT = /[0-9][eE]/;

/** Only texts with a fraction, an exponent or a very long number need the slow path, which keeps number sources. */
function parse(text: string, numbers: ReadJsonOptions["numbers"]): JsonValue {
  // Several expressions, because one with alternatives takes four times as long.
  const isSlow = numbers === "text"
    ? MANY_DIGITS.test(text) || EXPONENT.test(text) || FRACTION.test(text) || FIRST_FRACTION.test(text)
    : FRACTION.test(text) || FIRST_FRACTION.test(text) || text.length >= LONG && LONG_NUMBER.test(text);
  return isSlow ? parseOddNumbers(text, numbers) : JSON.parse(text);
}

/** Whether a number of a text may be too large, be loose about being an integer, or with `"text"` be rounded. */
function hasOddNumber(
  { hasFraction, longestNumber }: JsonStructure,
  numbers: ReadJsonOptions["numbers"],
): boolean {
  return hasFraction || longestNumber >= (numbers === "text" ? MAY_BE_ROUNDED : LONG);
}

/** Characters of a number that a double may not represent. */
const MAY_BE_ROUNDED = 16;

/** Parse slowly, but with the source of each number. */
function parseOddNumbers(text: string, numbers: ReadJsonOptions["numbers"]): JsonValue {
  return JSON.parse(text, numbers === "text" ? keepDigits : checkNumber);
}

/** Read one JSON document that must be an object. */
export function readJsonObject(input: Uint8Array | string, options: ReadJsonOptions): JsonObject {
  const value = readJson(input, options);
  if (!isJsonObject(value)) throw invalidInput(`Cannot read ${options.what}: expected a JSON object`);
  return value;
}

/**
 * Whether a member was written as an integer literal: `1`, not `1.0` or `1e0`. The parsed value doesn't show it, and
 * integer fields accept nothing else (docs/spec/core.md 1.1).
 */
export function isIntegerLiteral(holder: object, member: string): boolean {
  return looseIntegers.get(holder)?.has(member) !== true;
}

/** Members with an integral value that was written with a fraction or an exponent. */
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

function keepDigits(this: object, name: string, value: unknown, context?: { source?: string }): unknown {
  const checked = checkNumber.call(this, name, value, context);
  const source = context?.source;
  return typeof checked === "number" && source !== undefined && isRounded(source) ? source : checked;
}

/** Replace unpaired surrogate escapes with U+FFFD. Every escape is consumed as a whole. */
function replaceLoneSurrogates(text: string): string {
  if (!/\\u[dD][89a-fA-F]/.test(text)) return text;
  return text.replace(ESCAPE, (escape) => LONE.test(escape) ? "\\ufffd" : escape);
}

const ESCAPE = /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[^])/g;
const LONE = /^\\u[dD][89a-fA-F][0-9a-fA-F]{2}$/;

/** Whether the text could be nested as deep as the limit, or as a lower one. */
export function hasManyBrackets(text: string, many = MAX_DEPTH): boolean {
  if (text.length <= many) return false;
  let seen = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if ((char === 0x5b || char === 0x7b) && ++seen >= many) return true;
  }
  return false;
}
