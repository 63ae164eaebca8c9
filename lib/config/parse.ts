import {
  isNullScalar,
  readYaml,
  scalarBool,
  scalarText,
  YamlError,
  type YamlMapping,
  type YamlNode,
  type YamlSource,
} from "../formats/yaml/mod.ts";
import { escapeControls } from "../formats/controls.ts";
import { suggest } from "../formats/suggest.ts";
import { trim } from "../formats/text.ts";
import { wholeNumberOf } from "./integer.ts";
import { NO_DEFAULTS, type ProjectDefaults, SECTIONS, type ValueKind } from "./sections.ts";

/**
 * Read project defaults (docs/configuration.md), all sections of them: they protect, so a typing error must not
 * silently switch a protection off. Unknown sections and keys, keys that occur twice, wrong types, a second document and
 * a byte order mark are errors; `null` counts as left out.
 *
 * @throws {GaitError} `invalid_input`, with line and column
 */
export async function parseDefaults(bytes: Uint8Array, name: string): Promise<ProjectDefaults> {
  const { root, source, documents } = await readYaml(bytes, name);
  if (documents > 1) {
    throw new YamlError(source, source.text.length, "Project defaults are one document, this file has more", {
      hint: "Only the first would count; put everything into one document, without --- between",
    });
  }
  if (root === undefined) return NO_DEFAULTS;
  if (root.kind !== "mapping") throw mistake(source, root, "Project defaults must be a mapping");
  checkKeys(source, root, Object.keys(SECTIONS), "section", "Project defaults have");
  const found: Record<string, Record<string, string | boolean | number>> = {};
  for (const { key: { text: section }, value } of root.entries) {
    if (isNull(value)) continue;
    if (value.kind !== "mapping") throw mistake(source, value, `Section "${section}" must be a mapping`);
    const kinds: Readonly<Record<string, ValueKind>> = SECTIONS[section as keyof ProjectDefaults];
    const values: Record<string, string | boolean | number> = {};
    checkKeys(source, value, Object.keys(kinds), "key", `Section "${section}" has`);
    for (const { key, value: node } of value.entries) {
      if (isNull(node)) continue;
      const read = valueOf(source, node, kinds[key.text]!, `${section}.${key.text}`);
      if (read !== undefined) values[key.text] = read;
    }
    found[section] = values;
  }
  return { ...NO_DEFAULTS, ...found };
}

function checkKeys(
  source: YamlSource,
  { entries }: YamlMapping,
  known: readonly string[],
  what: string,
  whose: string,
): void {
  for (const { key } of entries) {
    if (known.includes(key.text)) continue;
    const meant = suggest(key.text, known);
    throw new YamlError(source, key.at, `${whose} no ${what} "${escapeControls(key.text)}"`, {
      hint: meant === undefined
        ? `Known: ${known.join(", ")}; docs/configuration.md tells what each is for`
        : `Did you mean "${meant}"?`,
    });
  }
}

/** A value of the right type, absent for a text of blanks. */
function valueOf(
  source: YamlSource,
  node: YamlNode,
  kind: ValueKind,
  key: string,
): string | boolean | number | undefined {
  const wrong = (expected: string) =>
    mistake(
      source,
      node,
      `"${key}" must be ${expected}`,
      `Write ${expected}; docs/configuration.md has each key`,
    );
  if (kind === "switch") {
    const value = node.kind === "scalar" ? scalarBool(node) : undefined;
    if (value === undefined) throw wrong("true or false, without quotes");
    return value;
  }
  if (kind === "integer") {
    const value = wholeNumberOf(node);
    if (value === undefined) throw wrong("a whole number");
    return value;
  }
  // A switch in the place of a path or a name is a mistake, never a file called "true".
  if (node.kind !== "scalar" || scalarBool(node) !== undefined) throw wrong("a text");
  return trim(scalarText(node)) || undefined;
}

function isNull(node: YamlNode): boolean {
  return node.kind === "scalar" && isNullScalar(node);
}

function mistake(source: YamlSource, node: YamlNode, message: string, hint?: string): YamlError {
  return new YamlError(source, node.at, message, hint === undefined ? {} : { hint });
}
