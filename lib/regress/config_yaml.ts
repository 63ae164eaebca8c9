import { invalidInput } from "../errors/mod.ts";
import { decodeUtf8 } from "../formats/bytes.ts";
import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import { isNullScalar, readYaml, scalarText, type YamlMapping, type YamlNode } from "../formats/yaml/mod.ts";
import type { ConfigEntry } from "../schema/regress.ts";

/** Whether the text of a config is YAML: JSON begins with a bracket. */
export function isYamlConfig(bytes: Uint8Array): boolean {
  return !/^\s*[[{]/.test(decodeUtf8(bytes.subarray(0, 4096)).replace(/^\ufeff/, ""));
}

/** Members of a config that are texts. */
const TEXTS = ["schema_id", "schema_version", "fixture_set"];

/**
 * A config that is written as YAML, as the object that it would be in JSON. Only the members of a config are looked at,
 * so aliases can't make it grow.
 *
 * @throws {GaitError} `invalid_input` with the place of the mistake
 */
export async function readYamlConfig(bytes: Uint8Array, what: string): Promise<JsonObject> {
  const { root, documents } = await readYaml(bytes, what);
  const fail = (reason: string) => invalidInput(`Cannot read ${what}: ${reason}`);
  if (documents > 1) throw fail("it has more than one document, of which only the first would count");
  if (root === undefined || root.kind !== "mapping") throw fail("it is no mapping");
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

/** A scalar as text; anything else as an empty object or list, which is refused where a text is expected. */
function plainOf(node: YamlNode): JsonValue {
  if (node.kind === "mapping") return {};
  if (node.kind === "sequence") return [];
  return isNullScalar(node) ? null : scalarText(node);
}

/**
 * The text of a YAML config with more fixtures at its end; comments and order stay. It is right only where the list of
 * fixtures ends the file in block style, so the caller reads it back.
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
