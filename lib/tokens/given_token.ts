import { type JsonObject, readJsonObject } from "../formats/json/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import type { Files } from "../effects/types.ts";

/** A token that came with a call. It is read only when a decision depends on it (docs/spec/tokens.md 3.7). */
export interface GivenToken {
  /** Named in errors; tokens are taken in the order of their names. */
  readonly name: string;
  /** Its file, or the object that came with the call. */
  readonly read: () => Promise<Uint8Array | JsonObject>;
}

/** Larger files are refused: 1 MiB. */
export const MAX_TOKEN_BYTES = 1 << 20;

/** The tokens at these paths, which are trimmed and unique. */
export function tokenFiles(paths: readonly string[], files: Files): GivenToken[] {
  return paths.map((path) => ({ name: path, read: () => files.read(path, MAX_TOKEN_BYTES) }));
}

/** Tokens that came as objects; `list` names them in errors. */
export function tokenObjects(objects: readonly JsonObject[], list: string): GivenToken[] {
  return objects.map((object, i) => ({ name: `${list}[${i}]`, read: () => Promise.resolve(object) }));
}

/**
 * Read tokens in the order of their names. One unreadable token fails the whole call, because it may be the one that
 * makes the decision stricter.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function readTokens<T>(
  given: readonly GivenToken[],
  parse: (document: JsonObject, what: string) => T,
): Promise<T[]> {
  const tokens: T[] = [];
  for (const { name, read } of [...given].sort((a, b) => compareBytewise(a.name, b.name))) {
    const what = `token "${name}"`;
    const content = await read();
    const document = content instanceof Uint8Array
      ? readJsonObject(content, { what, signed: true })
      : content;
    tokens.push(parse(document, what));
  }
  return tokens;
}
