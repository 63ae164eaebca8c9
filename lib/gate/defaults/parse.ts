import {
  isNullScalar,
  parseYaml,
  scalarText,
  YamlError,
  type YamlMapping,
  type YamlNode,
} from "../../formats/yaml/mod.ts";
import { trim } from "../text.ts";
import { DEFAULT_KEYS, type GateDefaults, NO_DEFAULTS } from "./fields.ts";

/**
 * The section `gate` of project defaults (spec/gate.md 4.2). Unknown keys are tolerated: other sections and later
 * versions have theirs.
 *
 * @throws {GaitError} `invalid_input`, with line and column, when the text is no YAML or a value has a wrong type
 */
export function parseDefaults(bytes: Uint8Array, name: string): GateDefaults {
  const { root, source } = parseYaml(bytes, name);
  if (root === undefined) return NO_DEFAULTS;
  const fail = (node: YamlNode, message: string) => new YamlError(source, node.at, message);
  if (root.kind !== "mapping") throw fail(root, "Project defaults must be a mapping");
  const section = valueOf(root, "gate");
  if (section === undefined || isNull(section)) return NO_DEFAULTS;
  if (section.kind !== "mapping") throw fail(section, 'Section "gate" must be a mapping');
  const found: Record<keyof GateDefaults, string> = { ...NO_DEFAULTS };
  for (const key of DEFAULT_KEYS) {
    const value = valueOf(section, key);
    if (value === undefined) continue;
    if (value.kind !== "scalar") throw fail(value, `"${key}" must be a text`);
    found[key] = trim(scalarText(value));
  }
  return found;
}

function valueOf(mapping: YamlMapping, key: string): YamlNode | undefined {
  return mapping.entries.find((entry) => entry.key.text === key)?.value;
}

function isNull(node: YamlNode): boolean {
  return node.kind === "scalar" && isNullScalar(node);
}
