import type { ErrorDetails } from "../errors/mod.ts";
import { suggest } from "../formats/suggest.ts";
import {
  isNullScalar,
  scalarBool,
  scalarInteger,
  scalarNumber,
  scalarText,
  type YamlNode,
  type YamlScalar,
} from "../formats/yaml/mod.ts";
import type { Mistakes } from "./mistakes.ts";

/**
 * The members of one mapping of a policy, read by type (docs/spec/gate.md 1.1, item 4). A member that is missing or null
 * reads as the empty value of its type; so does one with a mistake, which is gathered with its place.
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
  /** Gather a mistake in a member; reading goes on, for its result is thrown away. */
  mistake(name: string, message: string, details?: ErrorDetails): void;
  /** Where the mapping begins. */
  readonly at: number;
}

/**
 * Read a mapping whose keys are all known.
 *
 * @param what names it in messages, e.g. `rule`
 * @param mistakes gets a node that is no mapping, and unknown keys
 */
export function readFields(
  node: YamlNode | undefined,
  what: string,
  known: readonly string[],
  mistakes: Mistakes,
): Fields {
  const { members, misspelt } = membersOf(node, what, known, mistakes);

  function scalar(name: string, type: string): YamlScalar | undefined {
    const value = members.get(name);
    if (!value || value.kind === "scalar") return value;
    wrongType(value, name, type, mistakes);
    return undefined;
  }
  function read<T>(
    name: string,
    type: string,
    convert: (scalar: YamlScalar) => T | undefined,
  ): T | undefined {
    const value = scalar(name, type);
    if (!value) return undefined;
    const converted = convert(value);
    if (converted === undefined) wrongType(value, name, type, mistakes);
    return converted;
  }
  function items(name: string): readonly YamlNode[] {
    const value = members.get(name);
    if (!value || isNull(value)) return NONE;
    if (value.kind === "sequence") return value.items;
    wrongType(value, name, "a list", mistakes);
    return NONE;
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
        if (item.kind === "scalar") return scalarText(item);
        wrongType(item, name, "a list of texts", mistakes);
        return "";
      });
    },
    integer: (name) => read(name, INTEGER, scalarInteger) ?? 0n,
    optionalInteger: (name) => given(name) ? read(name, INTEGER, scalarInteger) ?? null : null,
    number: (name) => read(name, "a number", scalarNumber) ?? 0,
    flag: (name) => read(name, FLAG, scalarBool) ?? false,
    optionalFlag: (name) => given(name) ? read(name, FLAG, scalarBool) ?? null : null,
    inner: (name, keys) => readFields(members.get(name), name, keys, mistakes),
    each: (name, what, keys) => items(name).map((item) => readFields(item, what, keys, mistakes)),
    mistake(name, message, details = {}) {
      const member = members.get(name);
      // Told already: it is no mapping at all, or the member is there under a name that is close to its own.
      if (!member && (misspelt.has(name) || node && node.kind !== "mapping" && !isNull(node))) return;
      const missing = member ? "" : name;
      mistakes.add(member?.at ?? node?.at ?? 0, message, { detail: "policy_value", ...details }, missing);
    },
  };
}

function membersOf(
  node: YamlNode | undefined,
  what: string,
  known: readonly string[],
  mistakes: Mistakes,
): Members {
  if (!node || isNull(node)) return NO_MEMBERS;
  if (node.kind !== "mapping") {
    wrongType(node, what, "a mapping", mistakes);
    return NO_MEMBERS;
  }
  const members = new Map<string, YamlNode>();
  let misspelt: Set<string> | undefined;
  for (const { key, value } of node.entries) {
    if (known.includes(key.text)) {
      members.set(key.text, value);
      continue;
    }
    const near = suggest(key.text, known);
    if (near !== undefined) (misspelt ??= new Set()).add(near);
    unknownKey(key, what, known, near, mistakes);
  }
  return { members, misspelt: misspelt ?? NO_NAMES };
}

interface Members {
  readonly members: ReadonlyMap<string, YamlNode>;
  /** Members that an unknown key probably stands for. */
  readonly misspelt: ReadonlySet<string>;
}

// Most blocks and lists of most rules are absent; sharing the empty ones halves the time that 10,000 rules take.
const NO_NAMES: ReadonlySet<string> = new Set();
const NO_MEMBERS: Members = { members: new Map(), misspelt: NO_NAMES };
const NONE: readonly never[] = [];

const INTEGER = "an integer of 64 bits";
const FLAG = "true or false";

function isNull(node: YamlNode): boolean {
  return node.kind === "scalar" && isNullScalar(node);
}

function wrongType(node: YamlNode, name: string, expected: string, mistakes: Mistakes): void {
  const found = node.kind === "scalar"
    ? `"${excerpt(node.text)}"`
    : node.kind === "sequence"
    ? "a list"
    : "a mapping";
  mistakes.add(node.at, `"${name}" must be ${expected}, found ${found}`, {
    detail: "policy_type",
    ...(node.kind === "scalar" && expected === "a list" ? { hint: `Write [${excerpt(node.text)}]` } : {}),
    ...(expected === FLAG ? { hint: "Write true or false, without quotes" } : {}),
  });
}

function unknownKey(
  key: YamlScalar,
  what: string,
  known: readonly string[],
  near: string | undefined,
  mistakes: Mistakes,
): void {
  mistakes.add(key.at, `Unknown key "${excerpt(key.text)}" in ${what}`, {
    detail: "unknown_key",
    hint: near === undefined ? `Known keys: ${known.join(", ")}` : `Did you mean "${near}"?`,
  });
}

/** A value, short enough for a message. */
export function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
