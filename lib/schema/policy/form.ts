import type { JsonObject } from "../../formats/json/mod.ts";
import type { DescribedBlock } from "./descriptions.ts";
import {
  anyWord,
  block as blockForm,
  FILLED,
  flag,
  integer,
  oneOf,
  POSITIVE,
  share,
  text,
  texts,
  whenFilled,
  word,
  words,
} from "./forms.ts";
import type { Block, Field, Keys, Row, WordRow } from "./kinds.ts";

/**
 * A block of a policy as JSON Schema for editors, by its table of keys: what {@linkcode Row} says of reading, said to
 * another program.
 *
 * @param described descriptions for editors
 */
export function formOf<K extends Keys>(block: Block<K>, described: DescribedBlock<K>): JsonObject {
  return blockForm(described.is, membersOf(block as Block, described as DescribedBlock), {
    ...required(block as Block),
    ...whenOn(block as Block),
  });
}

function membersOf(block: Block, described: DescribedBlock): JsonObject {
  const forms = [...block.fields.values()].map((field): [string, JsonObject] => {
    const description: string | DescribedBlock & { readonly item?: string } = described.keys[field.name]!;
    if (typeof description === "string") return [field.name, valueForm(field.row, description, block)];
    if (field.row.kind === "block") return [field.name, formOf(field.row, description)];
    if (field.row.kind !== "blocks") throw new TypeError(`${field.name} is no block`);
    const item = formOf(field.row.block, { is: description.item ?? "", keys: description.keys });
    return [field.name, {
      description: description.is,
      type: ["array", "null"],
      items: { ...item, type: "object" },
    }];
  });
  return Object.fromEntries(forms);
}

function valueForm(row: Row, description: string, block: Block): JsonObject {
  switch (row.kind) {
    case "constant":
      return { ...text(description), enum: [row.value, "", null] };
    case "text":
    case "duration":
      return text(description);
    case "word":
      return wordForm(row, description, block);
    case "texts":
      return row.words ? words(description, row.words) : texts(description, row.possible ?? row.usual);
    case "integer":
      return { ...integer(description, { negative: true }), default: 0 };
    case "natural":
    case "bound":
      return integer(description);
    case "share":
      return share(description);
    case "flag":
    case "hint":
      return flag(description);
    default:
      return {};
  }
}

/** The words of a block are only checked while another key enables it. */
function wordForm(row: WordRow, description: string, block: Block): JsonObject {
  const offered = row.fallback === undefined && !row.required && row.aliasOf === undefined
    ? ["", ...row.words]
    : row.words;
  if (checkedWhenOn(row, block)) return anyWord(description, row.words, row.fallback);
  return word(description, offered, row.fallback);
}

function checkedWhenOn(row: Row, block: Block): boolean {
  return block.switched && !block.kept && !row.turnsOn;
}

/** The condition under which a block is enabled, so that its words are checked. */
function whenOn(block: Block): JsonObject {
  const fields = [...block.fields.values()];
  const checked = fields.flatMap(({ name, row }) =>
    row.kind === "word" && checkedWhenOn(row, block) ? [[name, oneOf(row.words)] as const] : []
  );
  if (checked.length === 0) return {};
  const switches = fields.filter(({ row }) => row.turnsOn).map(({ name, row }) =>
    [name, filled(row)] as const
  );
  return whenFilled(Object.fromEntries(switches), Object.fromEntries(checked));
}

function filled({ kind }: Row): JsonObject {
  if (kind === "flag") return { const: true };
  if (kind === "texts") return FILLED;
  return kind === "natural" ? POSITIVE : { type: "string", pattern: "\\S" };
}

/** Keys that must be given, one of them under either of its names. */
function required({ fields }: Block): JsonObject {
  const wanted = [...fields.values()].filter(({ row }) => "required" in row && row.required);
  const named = wanted.filter((field) => aliasesOf(field, fields).length === 0).map(({ name }) => name);
  const either = wanted.flatMap((field) => {
    const aliases = aliasesOf(field, fields);
    return aliases.length === 0 ? [] : [field.name, ...aliases];
  });
  return {
    ...(named.length > 0 ? { required: named } : {}),
    ...(either.length > 0 ? { anyOf: either.map((name) => ({ required: [name] })) } : {}),
  };
}

function aliasesOf({ name }: Field, fields: ReadonlyMap<string, Field>): string[] {
  return [...fields.values()].filter(({ row }) => row.aliasOf === name).map((field) => field.name);
}
