import { suggest } from "../formats/suggest.ts";
import { trim } from "../formats/text.ts";
import {
  isNullScalar,
  readYaml,
  scalarBool,
  scalarText,
  YamlError,
  type YamlNode,
  type YamlSource,
} from "../formats/yaml/mod.ts";
import { wholeNumberOf } from "./integer.ts";
import { NO_DEFAULTS, type ProjectDefaults, SECTIONS, type ValueKind } from "./sections.ts";

/** A section or key that is not known, and what may have been meant. */
export interface UnknownKey {
  readonly key: string;
  readonly meant?: string;
}

/** What a configuration says, as far as it is understood. */
export interface LenientDefaults {
  readonly defaults: ProjectDefaults;
  readonly unknown: readonly UnknownKey[];
  /** It begins with a byte order mark, which commands refuse. */
  readonly marked: boolean;
}

/**
 * Read project defaults as the diagnosis does (docs/spec/doctor.md section 2): what is unknown is noted instead of
 * refused, texts take any scalar, and of several documents the first counts.
 *
 * @throws {GaitError} `invalid_input` for what is no such YAML, and for values of a wrong type
 */
export async function readLeniently(bytes: Uint8Array, name: string): Promise<LenientDefaults> {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const { root, source } = await readYaml(marked ? bytes.subarray(3) : bytes, name);
  const unknown: UnknownKey[] = [];
  const note = (key: string, known: readonly string[], prefix = "") => {
    const meant = suggest(key, known);
    unknown.push({ key: prefix + key, ...(meant === undefined ? {} : { meant: prefix + meant }) });
  };
  if (root === undefined) return { defaults: NO_DEFAULTS, unknown, marked };
  if (root.kind !== "mapping") throw wrong(source, root, "The configuration must be a mapping");
  const found: Record<string, Record<string, string | boolean | number>> = {};
  for (const { key: { text: section }, value } of root.entries) {
    if (!Object.hasOwn(SECTIONS, section)) {
      note(section, Object.keys(SECTIONS));
      continue;
    }
    if (value.kind === "scalar" && isNullScalar(value)) continue;
    if (value.kind !== "mapping") throw wrong(source, value, `Section "${section}" must be a mapping`);
    const kinds: Readonly<Record<string, ValueKind>> = SECTIONS[section as keyof ProjectDefaults];
    const values: Record<string, string | boolean | number> = {};
    for (const { key: { text: key }, value: node } of value.entries) {
      if (!Object.hasOwn(kinds, key)) {
        note(key, Object.keys(kinds), `${section}.`);
        continue;
      }
      const read = valueOf(source, node, kinds[key]!, `${section}.${key}`);
      if (read !== undefined) values[key] = read;
    }
    found[section] = values;
  }
  return { defaults: { ...NO_DEFAULTS, ...found }, unknown, marked };
}

function valueOf(
  source: YamlSource,
  node: YamlNode,
  kind: ValueKind,
  key: string,
): string | boolean | number | undefined {
  if (node.kind !== "scalar") throw wrong(source, node, `"${key}" must be one value`);
  if (isNullScalar(node)) return undefined;
  if (kind === "text") return trim(scalarText(node)) || undefined;
  if (kind === "switch") {
    const value = scalarBool(node);
    if (value === undefined) throw wrong(source, node, `"${key}" must be true or false`);
    return value;
  }
  const value = wholeNumberOf(node);
  if (value === undefined) throw wrong(source, node, `"${key}" must be a whole number`);
  return value;
}

function wrong(source: YamlSource, node: YamlNode, message: string): YamlError {
  return new YamlError(source, node.at, message, {
    hint: "docs/configuration.md has each key and its form",
  });
}
