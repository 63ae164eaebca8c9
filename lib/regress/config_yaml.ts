import { invalidInput } from "../errors/mod.ts";
import { decodeUtf8 } from "../formats/bytes.ts";
import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import { isNullScalar, readYaml, scalarText, type YamlMapping, type YamlNode } from "../formats/yaml/mod.ts";
import type { ConfigEntry } from "../schema/regress.ts";

/** Whether the text of a config is YAML: JSON begins with a bracket. */
export function isYamlConfig(bytes: Uint8Array): boolean {
  return !/^\s*[[{]/.test(decodeUtf8(bytes.subarray(0, 4096)).replace(/^\ufeff/, ""));
}

/** Members of a config that are strings. */
const TEXTS = ["schema_id", "schema_version", "fixture_set"];

/**
 * Read a YAML config as the equivalent JSON object. Only the known members are converted, so aliases can't make it
 * grow.
 *
 * @throws {GaitError} `invalid_input` with the position of the error
 */
export async function readYamlConfig(bytes: Uint8Array, what: string): Promise<JsonObject> {
  const { root, documents } = await readYaml(bytes, what);
  const fail = (reason: string) => invalidInput(`Cannot read ${what}: ${reason}`);
  if (documents > 1) throw fail("it has more than one document, but only one is allowed");
  if (root === undefined || root.kind !== "mapping") throw fail("it is not a mapping");
  const object: Record<string, JsonValue> = {};
  for (const { key, value } of root.entries) {
    if (TEXTS.includes(key.text)) object[key.text] = plainOf(value);
    else if (key.text === "fixtures") object.fixtures = fixturesOf(value);
  }
  return object;
}

function fixturesOf(node: YamlNode): JsonValue {
  return node.kind === "sequence"
    ? node.items.map((item) => item.kind === "mapping" ? entryOf(item) : plainOf(item))
    : plainOf(node);
}

function entryOf({ entries }: YamlMapping): JsonObject {
  return Object.fromEntries(
    entries.filter(({ key }) => ["name", "run_id", "runpack"].includes(key.text))
      .map(({ key, value }) => [key.text, plainOf(value)]),
  );
}

/** A scalar as a string; anything else as an empty object or list, which is refused where a string is expected. */
function plainOf(node: YamlNode): JsonValue {
  if (node.kind === "mapping") return {};
  if (node.kind === "sequence") return [];
  return isNullScalar(node) ? null : scalarText(node);
}

/**
 * Append fixtures to the text of a YAML config, keeping comments and order. This is correct only if the file ends
 * with the list of fixtures in block style, so the caller must read the result back.
 */
export function appendYamlFixtures(text: string, fixtures: readonly ConfigEntry[]): string {
  const [, indent = "  "] = /^([ ]*)- [ ]*name:/m.exec(text) ?? [];
  const lines = fixtures.map(({ name, run_id, runpack }) =>
    `${indent}- name: ${JSON.stringify(name)}\n` +
    `${indent}  run_id: ${JSON.stringify(run_id)}\n` +
    `${indent}  runpack: ${JSON.stringify(runpack)}\n`
  );
  return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${lines.join("")}`;
}
