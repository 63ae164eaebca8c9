import type { ErrorDetails } from "../../errors/mod.ts";
import { suggest } from "../../formats/suggest.ts";
import {
  isNullScalar,
  scalarBool,
  scalarInteger,
  scalarNumber,
  scalarText,
  YamlError,
  type YamlNode,
  type YamlScalar,
  type YamlSource,
} from "../../formats/yaml/mod.ts";

/**
 * The members of one mapping of a policy, read by type (spec/gate.md 1.1, item 4). A member that is missing or null
 * reads as the empty value of its type; every mistake is a {@linkcode YamlError} with its place.
 */
export interface Fields {
  text(name: string): string;
  texts(name: string): readonly string[];
  integer(name: string): bigint;
  optionalInteger(name: string): bigint | null;
  number(name: string): number;
  flag(name: string): boolean;
  optionalFlag(name: string): boolean | null;
  /** The members of a mapping inside, all empty when it is missing. */
  inner(name: string, known: readonly string[]): Fields;
  /** The items of a list of mappings, each called `what` in messages. */
  each(name: string, what: string, known: readonly string[]): readonly Fields[];
  /** The mistake in a member, to be thrown. */
  mistake(name: string, message: string, details?: ErrorDetails): YamlError;
  /** Where the mapping begins. */
  readonly at: number;
}

/**
 * Read a mapping whose keys are all known.
 *
 * @param what names it in messages, e.g. `rule`
 * @throws {YamlError} for a node that is no mapping, and for an unknown key
 */
export function readFields(
  node: YamlNode | undefined,
  what: string,
  known: readonly string[],
  source: YamlSource,
): Fields {
  const members = membersOf(node, what, known, source);

  function scalar(name: string, type: string): YamlScalar | undefined {
    const value = members.get(name);
    if (value && value.kind !== "scalar") throw wrongType(value, name, type, source);
    return value;
  }
  function read<T>(
    name: string,
    type: string,
    convert: (scalar: YamlScalar) => T | undefined,
  ): T | undefined {
    const value = scalar(name, type);
    if (!value) return undefined;
    const converted = convert(value);
    if (converted === undefined) throw wrongType(value, name, type, source);
    return converted;
  }
  function items(name: string): readonly YamlNode[] {
    const value = members.get(name);
    if (!value || isNull(value)) return NONE;
    if (value.kind !== "sequence") throw wrongType(value, name, "a list", source);
    return value.items;
  }
  const given = (name: string) => {
    const value = members.get(name);
    return value !== undefined && !isNull(value);
  };

  return {
    at: node?.at ?? 0,
    text: (name) => read(name, "a text", scalarText) ?? "",
    texts: (name) => {
      const nodes = items(name);
      return nodes.length === 0 ? NONE : nodes.map((item) => {
        if (item.kind !== "scalar") throw wrongType(item, name, "a list of texts", source);
        return scalarText(item);
      });
    },
    integer: (name) => read(name, INTEGER, scalarInteger) ?? 0n,
    optionalInteger: (name) => given(name) ? read(name, INTEGER, scalarInteger) ?? null : null,
    number: (name) => read(name, "a number", scalarNumber) ?? 0,
    flag: (name) => read(name, FLAG, scalarBool) ?? false,
    optionalFlag: (name) => given(name) ? read(name, FLAG, scalarBool) ?? null : null,
    inner: (name, keys) => readFields(members.get(name), name, keys, source),
    each: (name, what, keys) => items(name).map((item) => readFields(item, what, keys, source)),
    mistake: (name, message, details = {}) =>
      new YamlError(source, members.get(name)?.at ?? node?.at ?? 0, message, {
        detail: "policy_value",
        ...details,
      }),
  };
}

function membersOf(
  node: YamlNode | undefined,
  what: string,
  known: readonly string[],
  source: YamlSource,
): ReadonlyMap<string, YamlNode> {
  if (!node || isNull(node)) return NO_MEMBERS;
  if (node.kind !== "mapping") throw wrongType(node, what, "a mapping", source);
  const members = new Map<string, YamlNode>();
  for (const { key, value } of node.entries) {
    if (!known.includes(key.text)) throw unknownKey(key, what, known, source);
    members.set(key.text, value);
  }
  return members;
}

// Most blocks and lists of most rules are absent; sharing the empty ones halves the time that 10,000 rules take.
const NO_MEMBERS: ReadonlyMap<string, YamlNode> = new Map();
const NONE: readonly never[] = [];

const INTEGER = "an integer of 64 bits";
const FLAG = "true or false";

function isNull(node: YamlNode): boolean {
  return node.kind === "scalar" && isNullScalar(node);
}

function wrongType(node: YamlNode, name: string, expected: string, source: YamlSource): YamlError {
  const found = node.kind === "scalar"
    ? `"${excerpt(node.text)}"`
    : node.kind === "sequence"
    ? "a list"
    : "a mapping";
  return new YamlError(source, node.at, `"${name}" must be ${expected}, found ${found}`, {
    detail: "policy_type",
    ...(node.kind === "scalar" && expected === "a list" ? { hint: `Write [${excerpt(node.text)}]` } : {}),
    ...(expected === FLAG ? { hint: "Write true or false, without quotes" } : {}),
  });
}

function unknownKey(key: YamlScalar, what: string, known: readonly string[], source: YamlSource): YamlError {
  const near = suggest(key.text, known);
  return new YamlError(source, key.at, `Unknown key "${excerpt(key.text)}" in ${what}`, {
    detail: "unknown_key",
    hint: near === undefined ? `Known keys: ${known.join(", ")}` : `Did you mean "${near}"?`,
  });
}

/** A value, short enough for a message. */
export function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
