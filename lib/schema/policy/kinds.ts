import type { ErrorDetails } from "../../errors/mod.ts";

/*
 * What a key of a policy can be. A row of the table of keys (match.ts, blocks.ts, policy.ts in this folder) says it
 * once; reading, digest, normal form, matching, linting and the published schema follow from the row, and so do the
 * types of a policy as written and as meant.
 */

/** What holds for a key of any kind. */
interface Common {
  /** Its name in the digest, where that is not its name in the file in another case. */
  readonly digest?: string;
  /** It stands in the digest also when it is empty; keys that came later must not, or digests would change. */
  readonly always?: boolean;
  /** Filled, it turns its block on. */
  readonly turnsOn?: boolean;
  /** It is another name of this key, and not part of what a policy means. */
  readonly aliasOf?: string;
}

/** What is always the same text. */
export interface ConstantRow extends Common {
  readonly kind: "constant";
  readonly value: string;
}

/** A text without blanks at its ends; of an alias, as it is written. */
export interface TextRow extends Common {
  readonly kind: "text";
  readonly fallback?: string;
  readonly required?: boolean;
}

/** One of few words, in any case; blank for none, or for the fallback. */
export interface WordRow extends Common {
  readonly kind: "word";
  readonly words: readonly string[];
  readonly fallback?: string;
  readonly required?: boolean;
}

/** A list of texts: unique, sorted, without blanks at the ends of items and without empty items. */
export interface TextsRow extends Common {
  readonly kind: "texts";
  /** Case does not count. */
  readonly lower: boolean;
  /** The items that reading takes; any, when not given. */
  readonly words?: readonly string[];
  /** The items that can ever be met: others are a mistake that lint reports. */
  readonly possible?: readonly string[];
  /** Items to offer, beside which others are fine. */
  readonly usual?: readonly string[];
  readonly fallback?: readonly string[];
  /** What the items are compared with: lists about the same thing bear on each other. */
  readonly about?: string;
}

/** A whole number; of at least 0 when natural; `bound` is one that need not be given, and `share` lies from 0 to 1. */
export interface NumberRow extends Common {
  readonly kind: "integer" | "natural" | "bound" | "share";
}

/** True or false; a `hint` need not be given. */
export interface FlagRow extends Common {
  readonly kind: "flag" | "hint";
}

/** A length of time that is not zero. */
export interface DurationRow extends Common {
  readonly kind: "duration";
}

/** A list of mappings of one form. */
export interface BlocksRow<K extends Keys = Keys> extends Common {
  readonly kind: "blocks";
  /** What messages call an item. */
  readonly what: string;
  readonly block: Block<K>;
}

/** A mapping of known keys. */
export interface Block<K extends Keys = Keys> extends Common {
  readonly kind: "block";
  readonly keys: K;
  /** Left out of what a policy means unless a key turns it on; then only are its words checked and its defaults given. */
  readonly switched: boolean;
  /** Its words are checked and it is part of the meaning, off as well. */
  readonly kept: boolean;
  /** Its keys, with their other names. */
  readonly fields: ReadonlyMap<string, Field>;
  /** Its lists of texts, without other names of keys. */
  readonly lists: readonly ListField[];
  /** What follows from several keys together: adds mistakes, and gives the members that become others. */
  complete?(written: InputOf<K>, addMistake: AddMistake): Partial<InputOf<K>> | void;
}

/** Gathers a mistake in a member; in the block itself when the name is empty. */
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

/** A key with the names that it has elsewhere. */
export interface Field {
  /** In the file. */
  readonly name: string;
  /** In a policy as meant. */
  readonly member: string;
  /** In the digest. */
  readonly inDigest: string;
  readonly row: Row;
}

/** A list of texts. */
export interface ListField extends Field {
  readonly row: TextsRow;
}

/** What stands in a policy file, by kind of key. */
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

/** What it means to those who decide. */
interface Outputs extends Omit<Inputs, "integer" | "natural" | "bound" | "hint"> {
  readonly integer: number;
  readonly natural: number;
  readonly bound: number;
  readonly hint: boolean;
}

/** A block as a file can say it, every default filled in. Integers are bigints: they have 64 bits in a file. */
export type InputOf<K extends Keys> = { readonly [N in keyof K]: InputValue<K[N]> };

type InputValue<R> = R extends { kind: "block"; keys: infer K extends Keys } ? InputOf<K>
  : R extends { kind: "blocks"; block: { keys: infer K extends Keys } } ? readonly InputOf<K>[]
  : R extends { kind: infer T extends keyof Inputs } ? Inputs[T]
  : never;

/** A block as it is meant: names in camelCase, without aliases, and without what is off or not given. */
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

/** @returns a key of a kind that needs no more to be said */
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

/** @returns a block; one with keys that turn it on is off without them */
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

/** @returns the list of texts at a member of a block as meant */
export function textsAt(meant: object, member: string): readonly string[] {
  return (meant as Readonly<Record<string, unknown>>)[member] as readonly string[];
}

function isList(field: Field): field is ListField {
  return field.row.kind === "texts" && field.row.aliasOf === undefined;
}
