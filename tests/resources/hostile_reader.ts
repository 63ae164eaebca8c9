/** What hostile inputs are made of: their type, and helpers that several files use. */
import { utf8 } from "../../lib/formats/bytes.ts";
import type { Rfc3339 } from "../../lib/formats/time.ts";
import { GaitError } from "../../lib/errors/mod.ts";

/** Something that reads what anybody may have written, and the worst that can be written for it. */
export interface Reader {
  /** Items or characters of the smaller input; 2000 when left out. */
  readonly size?: number;
  /** Whether what is longer than some limit is refused unread. */
  readonly capped?: boolean;
  // deno-lint-ignore no-explicit-any -- each reader takes what its own `make` gives
  readonly make: (n: number) => any;
  // deno-lint-ignore no-explicit-any -- as above
  readonly read: (input: any) => unknown;
}

/** Readers by the names of their tests. */
export type Readers = Readonly<Record<string, Reader>>;

export const json = (value: unknown) => utf8(JSON.stringify(value));
export const T = "2026-03-01T09:00:00Z" as Rfc3339;
export const SHA = "ab".repeat(32);
export const what = "hostile input";

/** Readers of several inputs by one function; a prefix makes their names differ from those of others. */
export function named(
  prefix: string,
  inputs: Readonly<Record<string, Reader["make"]>>,
  read: Reader["read"],
) {
  return Object.fromEntries(
    Object.entries(inputs).map((
      [name, make],
    ) => [prefix + name, { size: prefix === "JSON: " ? 2000 : 300, make, read }]),
  );
}

type Texts = Readonly<
  Record<string, readonly [make: (n: number) => string, read: (text: string) => unknown]>
>;

/** Readers of texts; longer ones of some are refused unread. */
export function asReaders(texts: Texts, capped: ReadonlySet<string> = new Set()): Readers {
  return Object.fromEntries(
    Object.entries(texts).map(([name, [make, read]]) => [name, { make, read, capped: capped.has(name) }]),
  );
}

const file = async (path: string, content: Uint8Array) => {
  await Deno.writeFile(path, content);
  return path;
};

export const inTemporaryFile = async (content: Uint8Array, read: (path: string) => unknown) => {
  const path = await Deno.makeTempFile({ prefix: "gait-linear-" });
  try {
    return await read(await file(path, content));
  } finally {
    await Deno.remove(path);
  }
};

/** An error of ours is an answer. */
export function refusal(error: unknown): void {
  if (!(error instanceof GaitError)) throw error;
}

export function refusalOf(step: () => unknown): void {
  try {
    step();
  } catch (error) {
    refusal(error);
  }
}
