import type { ErrorDetails } from "../../errors/mod.ts";

/*
 * The kinds of policy keys. Each key is defined once, by a row of the table (match.ts, blocks.ts, policy.ts in this
 * folder); reading, digest, normal form, matching, linting, the published schema and the types of a policy are all
 * derived from the row.
 */

/** Properties of a key of any kind. */
interface Common {
  /** Its name in the digest, if it is not derived from its name in the file. */
  readonly digest?: string;
  /** Included in the digest even if it is empty. Keys added later must not set it, or existing digests would change. */
  readonly always?: boolean;
  /** Left out by `policy fmt` while it is empty. Later keys set it, or normal forms would change. */
  readonly sparse?: boolean;
  /** Enables its block if it is not empty. */
  readonly turnsOn?: boolean;
  /** An alias of this key, which is not part of the policy itself. */
  readonly aliasOf?: string;
}

/** A constant text. */
export interface ConstantRow extends Common {
  readonly kind: "constant";
  readonly value: string;
}

/** A trimmed text; an alias is kept as written. */
export interface TextRow extends Common {
  readonly kind: "text";
  readonly fallback?: string;
  readonly required?: boolean;
}

/** One of a closed set of words, in any case; a blank one is absent or the fallback. */
export interface WordRow extends Common {
  readonly kind: "word";
  readonly words: readonly string[];
  readonly fallback?: string;
  readonly required?: boolean;
}

/** A list of texts: unique, sorted, without blanks at the ends of items and without empty items. */
export interface TextsRow extends Common {
  readonly kind: "texts";
  /** Whether case is ignored. */
  readonly lower: boolean;
  /** The allowed items; any by default. */
  readonly words?: readonly string[];
  /** The items that can match; others are a mistake that lint reports. */
  readonly possible?: readonly string[];
  /** Items to suggest; others are allowed. */
  readonly usual?: readonly string[];
  readonly fallback?: readonly string[];
  /** The fact that the items are compared with: only lists about the same fact can imply each other. */
  readonly about?: string;
}

/** A number: `integer`, `natural` from 0, an optional `bound`, or a `share` from 0 to 1. */
export interface NumberRow extends Common {
  readonly kind: "integer" | "natural" | "bound" | "share";
}

/** True or false; a `hint` is optional. */
export interface FlagRow extends Common {
  readonly kind: "flag" | "hint";
}

/** A non-zero duration. */
export interface DurationRow extends Common {
  readonly kind: "duration";
}

/** A list of mappings of one form. */
export interface BlocksRow<K extends Keys = Keys> extends Common {
  readonly kind: "blocks";
  /** The name of an item in messages. */
  readonly what: string;
  readonly block: Block<K>;
}

/** A mapping of known keys. */
export interface Block<K extends Keys = Keys> extends Common {
  readonly kind: "block";
  readonly keys: K;
  /** Omitted from the policy unless a key enables it; its words are checked and defaults applied only then. */
  readonly switched: boolean;
  /** Checked and included in the policy even if it is disabled. */
  readonly kept: boolean;
  /** Its keys including aliases. */
  readonly fields: ReadonlyMap<string, Field>;
  /** Its lists of texts, without aliases. */
  readonly lists: readonly ListField[];
  /** Rules across several keys: adds mistakes, and returns the members to change. */
  complete?(written: InputOf<K>, addMistake: AddMistake): Partial<InputOf<K>> | void;
}

/** Adds a mistake in a member, or in the block itself if the name is empty. */
export type AddMistake = (name: string, message: string, details?: ErrorDetails) => void;

/** A row of the table. */
export type Row =
  | ConstantRow
  | TextRow
  | WordRow
  | TextsRow
  | NumberRow
  | FlagRow
  | DurationRow
  | BlocksRow
  | Block;

/** The keys of a block, in the order of the normal form. */
export interface Keys {
  readonly [name: string]: Row;
}

/** A key with its names in other forms. */
export interface Field {
  /** Name in the file. */
  readonly name: string;
  /** Name in the policy object. */
  readonly member: string;
  /** Name in the digest. */
  readonly inDigest: string;
  readonly row: Row;
}

/** A list of texts. */
export interface ListField extends Field {
  readonly row: TextsRow;
}

/** The type of a value in the document, by kind of key. */
interface Inputs {
  readonly constant: string;
  readonly text: string;
  readonly word: string;
  readonly texts: readonly string[];
  readonly integer: bigint;
  readonly natural: bigint;
  readonly bound: bigint | null;
  readonly share: number;
  readonly flag: boolean;
  readonly hint: boolean | null;
  readonly duration: string;
}

/** The type of a value in the policy, by kind of key. */
interface Outputs extends Omit<Inputs, "integer" | "natural" | "bound" | "hint"> {
  readonly integer: number;
  readonly natural: number;
  readonly bound: number;
  readonly hint: boolean;
}

/** A block in the document, with all defaults. Integers are bigints, because they have 64 bits in a file. */
export type InputOf<K extends Keys> = { readonly [N in keyof K]: InputValue<K[N]> };

type InputValue<R> = R extends { kind: "block"; keys: infer K extends Keys } ? InputOf<K>
  : R extends { kind: "blocks"; block: { keys: infer K extends Keys } } ? readonly InputOf<K>[]
  : R extends { kind: infer T extends keyof Inputs } ? Inputs[T]
  : never;

/** A block in the policy: names in camelCase, without aliases and without disabled or absent members. */
export type OutputOf<K extends Keys> = Flat<
  & { readonly [N in keyof K as K[N] extends Absent ? never : Member<N>]: OutputValue<K[N]> }
  & { readonly [N in keyof K as K[N] extends MayLack ? Member<N> : never]?: OutputValue<K[N]> }
>;

type MayLack = { kind: "bound" | "hint" } | { kind: "block"; switched: true; kept: false };
type Absent = { aliasOf: string } | { kind: "constant" } | MayLack;

type OutputValue<R> = R extends { kind: "block"; keys: infer K extends Keys } ? OutputOf<K>
  : R extends { kind: "blocks"; block: { keys: infer K extends Keys } } ? readonly OutputOf<K>[]
  : R extends { kind: "word"; words: readonly (infer W)[] }
    ? R extends { fallback: string } | { required: true } ? W : W | ""
  : R extends { kind: infer T extends keyof Outputs } ? Outputs[T]
  : never;

type Flat<T> = { [N in keyof T]: T[N] };

type Member<N> = N extends `${infer First}_${infer Rest}` ? `${First}${Capitalize<Member<Rest> & string>}`
  : N;

/** @returns a text */
export function text<const O extends Omit<TextRow, "kind">>(options: O = {} as O): { kind: "text" } & O {
  return { kind: "text", ...options };
}

/** @returns one of few words */
export function word<const W extends readonly string[], const O extends Omit<WordRow, "kind" | "words">>(
  words: W,
  options: O = {} as O,
): { kind: "word"; words: W } & O {
  return { kind: "word", words, ...options };
}

type TextsOptions = Omit<TextsRow, "kind" | "lower">;

/** @returns a list of texts whose case counts */
export function set<const O extends TextsOptions>(
  options: O = {} as O,
): { kind: "texts"; lower: false } & O {
  return { kind: "texts", lower: false, ...options };
}

/** @returns a list of texts whose case does not count */
export function lset<const O extends TextsOptions>(
  options: O = {} as O,
): { kind: "texts"; lower: true } & O {
  return { kind: "texts", lower: true, ...options };
}

type PlainKind = "integer" | "natural" | "bound" | "share" | "flag" | "hint" | "duration";

/** @returns a key of a kind without further properties */
export function plain<const T extends PlainKind, const O extends Common>(
  kind: T,
  options: O = {} as O,
): { kind: T } & O {
  return { kind, ...options };
}

interface BlockOptions<K extends Keys> extends Common {
  readonly kept?: true;
  complete?(written: InputOf<K>, addMistake: AddMistake): Partial<InputOf<K>> | void;
}

/** @returns a block; if any of its keys enable it, it is disabled without them */
export function block<const K extends Keys, const O extends BlockOptions<K> = Record<never, never>>(
  keys: K,
  options: O & BlockOptions<K> = {} as O & BlockOptions<K>,
): Block<K> & {
  readonly switched: true extends { [N in keyof K]: K[N] extends { turnsOn: true } ? true : never }[keyof K]
    ? true
    : false;
  readonly kept: O extends { kept: true } ? true : false;
} {
  const rows = Object.entries(keys);
  const fields = rows.map(([name, row]): [string, Field] => {
    const member = name.replace(/_(.)/g, (_, first: string) => first.toUpperCase());
    return [name, { name, row, member, inDigest: row.digest ?? member[0]!.toUpperCase() + member.slice(1) }];
  });
  return {
    kind: "block",
    keys,
    kept: false,
    ...options,
    switched: rows.some(([, row]) => row.turnsOn),
    fields: new Map(fields),
    lists: fields.map(([, field]) => field).filter(isList),
  } as never;
}

/** @returns the list of texts in a member of a policy block */
export function textsAt(meant: object, member: string): readonly string[] {
  return (meant as Readonly<Record<string, unknown>>)[member] as readonly string[];
}

function isList(field: Field): field is ListField {
  return field.row.kind === "texts" && field.row.aliasOf === undefined;
}
