import { lset, set, trim, trimLower } from "../formats/text.ts";
import {
  isNullScalar,
  scalarBool,
  scalarInteger,
  scalarNumber,
  scalarText,
  type YamlNode,
  type YamlScalar,
} from "../formats/yaml/mod.ts";
import type { Block, BlocksRow, Row, TextsRow } from "../schema/policy/kinds.ts";
import type { Mistakes } from "./mistakes.ts";
import { FLAG, INTEGER, wrongType } from "./wrong.ts";

/** The value of a key that is not a block. */
export type Value = string | readonly string[] | bigint | number | boolean | null;

/**
 * Read the value of a key in its normal form (docs/spec/gate.md 1.1, item 4); `null` is the empty value of its kind.
 *
 * @returns `undefined` after a mistake
 */
export function readValue(
  node: YamlNode,
  name: string,
  row: Exclude<Row, Block | BlocksRow>,
  mistakes: Mistakes,
): Value | undefined {
  const scalar = <T>(type: string, convert: (scalar: YamlScalar) => T | undefined): T | undefined => {
    const value = node.kind === "scalar" ? convert(node) : undefined;
    if (value === undefined) wrongType(node, name, type, mistakes);
    return value;
  };
  const text = () => scalar("a text", scalarText);
  switch (row.kind) {
    case "constant":
      return constant(text(), row.value);
    case "text":
    case "duration":
      return row.aliasOf === undefined ? mapped(text(), trim) : text();
    case "word":
      return row.aliasOf === undefined ? mapped(text(), trimLower) : text();
    case "texts":
      return normal(readTexts(node, name, mistakes), row);
    case "flag":
      return scalar(FLAG, scalarBool);
    case "hint":
      return isAbsent(node) ? null : scalar(FLAG, scalarBool);
    case "share":
      return scalar("a number", scalarNumber);
    case "bound":
      return isAbsent(node) ? null : natural(scalar(INTEGER, scalarInteger));
    case "natural":
      return natural(scalar(INTEGER, scalarInteger));
    case "integer":
      return scalar(INTEGER, scalarInteger);
  }

  function constant(found: string | undefined, expected: string): string {
    if (found) wrong(found !== expected, `must be "${expected}", found "${found}"`);
    return expected;
  }
  function natural(value: bigint | undefined): bigint | undefined {
    wrong(value !== undefined && value < 0n, `must not be negative, found ${value}`);
    return value;
  }
  function wrong(is: boolean, what: string): void {
    if (is) mistakes.add(node.at, `"${name}" ${what}`, { detail: "policy_value" });
  }
}

function mapped(text: string | undefined, normalise: (text: string) => string): string | undefined {
  return text === undefined ? undefined : normalise(text);
}

function normal(items: readonly string[], { aliasOf, lower }: TextsRow): readonly string[] {
  if (aliasOf !== undefined || items.length === 0) return items;
  return lower ? lset(items) : set(items);
}

function readTexts(node: YamlNode, name: string, mistakes: Mistakes): readonly string[] {
  return readList(node, name, mistakes).map((item) => {
    if (item.kind === "scalar") return scalarText(item);
    wrongType(item, name, "a list of texts", mistakes);
    return "";
  });
}

/** The items of a list; `null` has none. */
export function readList(node: YamlNode, name: string, mistakes: Mistakes): readonly YamlNode[] {
  if (node.kind === "sequence") return node.items;
  if (!isAbsent(node)) wrongType(node, name, "a list", mistakes);
  return [];
}

/** Whether a node is absent or `null`. */
export function isAbsent(node: YamlNode | undefined): boolean {
  return node === undefined || (node.kind === "scalar" && isNullScalar(node));
}
