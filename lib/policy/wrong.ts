import { suggest } from "../formats/suggest.ts";
import type { YamlNode, YamlScalar } from "../formats/yaml/mod.ts";
import type { AddMistake } from "../schema/policy/kinds.ts";
import type { Mistakes } from "./mistakes.ts";

/*
 * Messages for mistakes in the keys of a policy (docs/spec/gate.md 1.1 and 1.2).
 */

export const INTEGER = "an integer of 64 bits";
export const FLAG = "true or false";

/** A value of another type than its key has. */
export function wrongType(node: YamlNode, name: string, expected: string, mistakes: Mistakes): void {
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

/** @returns the most similar known key, if one is similar enough */
export function unknownKey(
  key: YamlScalar,
  what: string,
  known: readonly string[],
  mistakes: Mistakes,
): string | undefined {
  const near = suggest(key.text, known);
  mistakes.add(key.at, `Unknown key "${excerpt(key.text)}" in ${what}`, {
    detail: "unknown_key",
    hint: near === undefined ? `Known keys: ${known.join(", ")}` : `Did you mean "${near}"?`,
  });
  return near;
}

/**
 * Check a word against a closed list; a blank word counts as absent.
 *
 * @returns whether it is valid
 */
export function checkWord(
  name: string,
  found: string,
  words: readonly string[],
  addMistake: AddMistake,
): boolean {
  if (found === "" || words.includes(found)) return true;
  addMistake(name, `"${name}" can't be "${excerpt(found)}"`, {
    detail: "policy_word",
    hint: `Use one of: ${words.join(", ")}`,
  });
  return false;
}

/** A value, shortened for a message. */
export function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
