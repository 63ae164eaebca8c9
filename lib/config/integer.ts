import { scalarInteger, type YamlNode } from "../formats/yaml/mod.ts";

/**
 * A whole number of the configuration; `undefined` for anything else. The reader of scalars cuts fractions off, as the
 * existing program does; a limit of 1.5 bytes is a mistake.
 */
export function wholeNumberOf(node: YamlNode): number | undefined {
  if (node.kind !== "scalar" || !/^[-+]?0x/.test(node.text) && /[.eE]/.test(node.text)) return undefined;
  const value = Number(scalarInteger(node));
  return Number.isSafeInteger(value) ? value : undefined;
}
