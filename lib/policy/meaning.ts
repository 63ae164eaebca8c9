import type { Block, Keys, MeantOf, Row, WrittenOf } from "../schema/policy/kinds.ts";
import { emptyOf, isOn, type Members } from "./complete_block.ts";

/**
 * What a block means to those who decide (docs/spec/gate.md section 1): names in camelCase, integers as numbers; other
 * names of keys, and what is off or not given, are left out.
 */
export function meaningOf<K extends Keys>(written: WrittenOf<K>, block: Block<K>): MeantOf<K> {
  return meantMembers(written, block as Block) as MeantOf<K>;
}

const EMPTY = new WeakMap<Block, Readonly<Members>>();

function meantMembers(written: Readonly<Members>, block: Block): Readonly<Members> {
  if (written !== emptyOf(block)) return translate(written, block);
  let empty = EMPTY.get(block);
  if (!empty) EMPTY.set(block, empty = Object.freeze(translate(written, block)));
  return empty;
}

function translate(written: Readonly<Members>, block: Block): Members {
  const meant: Members = {};
  for (const { name, member, row } of block.fields.values()) {
    if (row.kind === "constant" || row.aliasOf !== undefined) continue;
    const value = meantValue(written[name], row);
    if (value !== undefined) meant[member] = value;
  }
  return meant;
}

function meantValue(value: unknown, row: Row): unknown {
  if (row.kind === "block") {
    const inner = value as Members;
    return row.kept || isOn(inner, row) ? meantMembers(inner, row) : undefined;
  }
  if (row.kind === "blocks") return (value as Members[]).map((item) => meantMembers(item, row.block));
  return typeof value === "bigint" ? Number(value) : value ?? undefined;
}
