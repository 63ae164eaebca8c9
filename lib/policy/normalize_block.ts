import type { Block, InputOf, Keys, OutputOf, Row } from "../schema/policy/kinds.ts";
import { emptyOf, isOn, type Members } from "./complete_block.ts";

/**
 * Convert a block to the form used by evaluation (docs/spec/gate.md section 1): names in camelCase, integers as
 * numbers, without aliases and without disabled or absent members.
 */
export function normalizeBlock<K extends Keys>(written: InputOf<K>, block: Block<K>): OutputOf<K> {
  return normalizeMembers(written, block as Block) as OutputOf<K>;
}

const EMPTY = new WeakMap<Block, Readonly<Members>>();

function normalizeMembers(written: Readonly<Members>, block: Block): Readonly<Members> {
  if (written !== emptyOf(block)) return translate(written, block);
  let empty = EMPTY.get(block);
  if (!empty) EMPTY.set(block, empty = Object.freeze(translate(written, block)));
  return empty;
}

function translate(written: Readonly<Members>, block: Block): Members {
  const normalized: Members = {};
  for (const { name, member, row } of block.fields.values()) {
    if (row.kind === "constant" || row.aliasOf !== undefined) continue;
    const value = normalizeValue(written[name], row);
    if (value !== undefined) normalized[member] = value;
  }
  return normalized;
}

function normalizeValue(value: unknown, row: Row): unknown {
  if (row.kind === "block") {
    const inner = value as Members;
    return row.kept || isOn(inner, row) ? normalizeMembers(inner, row) : undefined;
  }
  if (row.kind === "blocks") return (value as Members[]).map((item) => normalizeMembers(item, row.block));
  return typeof value === "bigint" ? Number(value) : value ?? undefined;
}
