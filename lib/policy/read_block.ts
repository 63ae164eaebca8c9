import type { YamlNode } from "../formats/yaml/mod.ts";
import type { AddMistake, Block, Field, InputOf, Keys } from "../schema/policy/kinds.ts";
import { blankOf, complete, emptyOf, joinAlias, type Members } from "./complete_block.ts";
import type { Mistakes } from "./mistakes.ts";
import { isAbsent, readList, readValue } from "./read_value.ts";
import { unknownKey, wrongType } from "./wrong.ts";

/**
 * Read a block of a policy by its table of keys (docs/spec/gate.md 1.1, items 2 and 4, and 1.2). Only present members
 * are visited: most blocks and lists of a rule are absent and share one empty block.
 *
 * @param what its name in messages, e.g. `a rule`
 * @param mistakes collects the mistakes; after any mistake the result is discarded
 */
export function readBlock<K extends Keys>(
  node: YamlNode | undefined,
  what: string,
  block: Block<K>,
  mistakes: Mistakes,
): InputOf<K> {
  return readMembers(node, what, block as Block, mistakes) as InputOf<K>;
}

function readMembers(
  node: YamlNode | undefined,
  what: string,
  block: Block,
  mistakes: Mistakes,
): Readonly<Members> {
  const absent = isAbsent(node);
  if (absent && (block.switched || !block.complete)) return emptyOf(block);
  const entries = node?.kind === "mapping" ? node.entries : undefined;
  if (node && !absent && !entries) wrongType(node, what, "a mapping", mistakes);
  const members = blankOf(block);
  const misspelt: string[] = [];
  const aliases: Field[] = [];
  for (const { key, value } of entries ?? []) {
    const field = block.fields.get(key.text);
    if (field) {
      const read = readMember(value, field, mistakes);
      if (read !== undefined) members[key.text] = read;
      if (field.row.aliasOf !== undefined) aliases.push(field);
    } else {
      const near = unknownKey(key, what, [...block.fields.keys()], mistakes);
      if (near !== undefined) misspelt.push(near);
    }
  }
  const addMistake: AddMistake = (name, message, details = {}) => {
    const member = entries?.find(({ key }) => key.text === name)?.value;
    // Already reported: it is not a mapping, or the member has a misspelt name.
    if (!member && (misspelt.includes(name) || (!entries && !absent))) return;
    const at = member?.at ?? node?.at ?? 0;
    mistakes.add(at, message, { detail: "policy_value", ...details }, member ? "" : name);
  };
  for (const alias of aliases) joinAlias(members, alias, block, addMistake);
  return complete(members, block, addMistake);
}

function readMember(node: YamlNode, { name, row }: Field, mistakes: Mistakes): unknown {
  if (row.kind === "block") return readMembers(node, name, row, mistakes);
  if (row.kind === "blocks") {
    return readList(node, name, mistakes).map((item) => readMembers(item, row.what, row.block, mistakes));
  }
  return readValue(node, name, row, mistakes);
}
