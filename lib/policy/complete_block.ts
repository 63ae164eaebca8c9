import { formatDuration, parseDuration } from "../formats/duration.ts";
import { lset, set, trimLower } from "../formats/text.ts";
import type { AddMistake, Block, Field, Row } from "../schema/policy/kinds.ts";
import { checkWord, excerpt } from "./wrong.ts";

/*
 * Completes a block from its members together (docs/spec/gate.md 1.2): whether it is enabled, its defaults, and its
 * closed words. The casts are safe because reading has checked the types.
 */

/** A block by key. */
export type Members = Record<string, unknown>;

/** Derived once for each block of the table. */
interface Plan {
  /** Without any member and default. */
  readonly blank: Readonly<Members>;
  /** Without any member. */
  readonly empty: Readonly<Members>;
  /** Keys that turn the block on. */
  readonly switches: readonly string[];
  /** Keys that have a default or a check. */
  readonly completed: readonly Field[];
}

const PLANS = new WeakMap<Block, Plan>();

function planOf(block: Block): Plan {
  let plan = PLANS.get(block);
  if (!plan) {
    const fields = [...block.fields.values()];
    const members = fields.map(({ name, row }) => [name, emptyValue(row)]);
    const parts = {
      switches: fields.filter(({ row }) => row.turnsOn).map(({ name }) => name),
      completed: fields.filter(({ row }) => row.aliasOf === undefined && isCompleted(row)),
    };
    const blank: Members = Object.fromEntries(members);
    // A disabled block also gets its defaults if it is empty.
    const empty = { ...blank };
    if (!block.switched) completeFields(empty, parts.completed, true, () => {});
    plan = { ...parts, blank: Object.freeze(blank), empty: Object.freeze(empty) };
    PLANS.set(block, plan);
  }
  return plan;
}

/** The empty block, shared by all places where the block is absent. */
export function emptyOf(block: Block): Readonly<Members> {
  return planOf(block).empty;
}

/** A new block to read members into. */
export function blankOf(block: Block): Members {
  return { ...planOf(block).blank };
}

function emptyValue(row: Row): unknown {
  switch (row.kind) {
    case "constant":
      return row.value;
    case "texts":
    case "blocks":
      return Object.freeze([]);
    case "integer":
    case "natural":
      return 0n;
    case "share":
      return 0;
    case "flag":
      return false;
    case "bound":
    case "hint":
      return null;
    case "block":
      return emptyOf(row);
    default:
      return "";
  }
}

function isCompleted(row: Row): boolean {
  return row.kind === "word" || row.kind === "share" || row.kind === "duration" || "fallback" in row ||
    (row.kind === "texts" && row.words !== undefined);
}

/** Whether a member is empty; a share below 0 counts as empty. */
function isBlank(value: unknown): boolean {
  if (typeof value === "number") return value <= 0;
  return value === "" || value === 0n || value === false || value === null ||
    (Array.isArray(value) && value.length === 0);
}

/** Whether a block is enabled: by one of its keys, or because it needs none. */
export function isOn(members: Readonly<Members>, block: Block): boolean {
  return !block.switched || planOf(block).switches.some((name) => !isBlank(members[name]));
}

/** Check and complete a block; a disabled block stays as written. */
export function complete(members: Members, block: Block, addMistake: AddMistake): Members {
  const on = isOn(members, block);
  if (!on && !block.kept) return members;
  if (on && "enabled" in members) members.enabled = true;
  completeFields(members, planOf(block).completed, on, addMistake);
  return on && block.complete
    ? Object.assign(members, block.complete(members as never, addMistake))
    : members;
}

function completeFields(
  members: Members,
  fields: readonly Field[],
  on: boolean,
  addMistake: AddMistake,
): void {
  for (const { name, row } of fields) {
    if (on && "fallback" in row && isBlank(members[name])) members[name] = row.fallback;
    const value = members[name];
    if (row.kind === "word") checkWord(name, value as string, row.words, addMistake);
    else if (row.kind === "texts" && row.words) {
      for (const item of value as string[]) checkWord(name, item, row.words, addMistake);
    } else if (row.kind === "share" && ((value as number) < 0 || (value as number) > 1)) {
      addMistake(name, `"${name}" must be between 0 and 1, found ${value}`);
    } else if (row.kind === "duration") members[name] = normalDuration(name, value as string, addMistake);
  }
}

function normalDuration(name: string, text: string, addMistake: AddMistake): string {
  if (text === "") return "";
  const duration = parseDuration(text);
  if (duration !== undefined && duration > 0n) return formatDuration(duration);
  addMistake(name, `"${name}" must be a positive duration, found "${excerpt(text)}"`, {
    hint: "Write for instance 90m, 24h or 1h30m",
  });
  return "";
}

/** Merge the value of an alias into its key: list items are added, words must agree. */
export function joinAlias(
  members: Members,
  { name: alias, row }: Field,
  block: Block,
  addMistake: AddMistake,
): void {
  const name = row.aliasOf!;
  const target = block.fields.get(name)!.row;
  const other = members[alias] as string | readonly string[];
  if (target.kind === "texts") {
    const items = [...members[name] as string[], ...(typeof other === "string" ? [other] : other)];
    members[name] = target.lower ? lset(items) : set(items);
  } else if (target.kind === "word" && typeof other === "string") {
    const written = members[name] as string;
    const word = trimLower(other);
    const isKnown = checkWord(alias, word, target.words, addMistake);
    if (written !== "" && word !== "" && written !== word) {
      addMistake(alias, `"${name}" is "${written}" but "${alias}" is "${word}"`, {
        hint: `"${alias}" is another name of "${name}": keep one of them`,
      });
    }
    // The mistake has been reported, so the aliased key must not report it again.
    members[name] = written || (isKnown ? word : target.words[0]);
  }
}
