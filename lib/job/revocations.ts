import { GaitError, invalidInput } from "../errors/mod.ts";
import { decodeUtf8Strict } from "../formats/bytes.ts";
import { isJsonObject, type JsonValue, readJson } from "../formats/json/mod.ts";

/** The members of an object that list identities. */
const MEMBERS = ["revoked_identities", "identities"];

/**
 * Read the identities of a revocation list (docs/spec/job.md 5.3): a JSON array, a JSON object, or lines.
 *
 * A list that begins like JSON must be valid JSON in one of these forms: read as lines, a JSON list with a syntax
 * error would revoke nobody.
 *
 * @throws {GaitError} `invalid_input` with the detail `revocation_list_invalid`
 */
export function readRevocations(bytes: Uint8Array, name: string): ReadonlySet<string> {
  const decoded = decodeUtf8Strict(bytes);
  if (decoded === undefined) throw invalid(name, "it is not valid UTF-8");
  const text = decoded.trim();
  const entries = /^[[{"]/.test(text) ? entriesOfJson(text, name) : entriesOfLines(text);
  return new Set(entries.map((entry) => entry.trim()).filter((entry) => entry !== ""));
}

function entriesOfJson(text: string, name: string): string[] {
  let value: JsonValue;
  try {
    value = readJson(text, { what: `revocation list "${name}"`, duplicates: "refuse" });
  } catch (error) {
    throw error instanceof GaitError ? invalid(name, error.message) : error;
  }
  if (Array.isArray(value)) return textsOf(value, name);
  const lists = isJsonObject(value) ? MEMBERS.filter((member) => Object.hasOwn(value, member)) : [];
  if (!isJsonObject(value) || lists.length === 0) {
    throw invalid(name, `it is neither an array nor an object with ${MEMBERS.join(" or ")}`);
  }
  return lists.flatMap((member) => textsOf(value[member]!, name));
}

function textsOf(value: JsonValue, name: string): string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw invalid(name, "expected a list of strings");
}

function entriesOfLines(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => !line.startsWith("#"));
}

function invalid(name: string, reason: string): GaitError {
  return invalidInput(`Cannot read revocation list "${name}": ${reason}`, {
    detail: "revocation_list_invalid",
    hint: 'Give one identity per line, a JSON array of strings, or {"revoked_identities": [...]}',
  });
}
