import type { Files } from "../effects/types.ts";
import { GaitError } from "../errors/mod.ts";
import { intentDigest } from "../intent/digest.ts";
import { parseIntent } from "../intent/parse.ts";
import type { Intent } from "../intent/types.ts";
import type { Digest } from "../signing/mod.ts";
import { fileList } from "./file_list.ts";

/** An intent that was found in a file. */
export interface KnownIntent {
  readonly path: string;
  readonly intent: Intent;
  readonly digest: Digest;
}

/** Most files that are looked at for intents. */
const MAX_FILES = 5_000;

/** Larger files are no intents: 1 MiB. */
const MAX_BYTES = 1 << 20;

/** Names of JSON files, without those that are of another kind. */
export const INTENT_NAME =
  /^(?!trace_|approval_|delegation_|credential_|state\.json$|package|deno\.|tsconfig).*\.json$/is;

/** The intents of some folders. Files are read again only when they changed. */
export interface KnownIntents {
  all(): Promise<readonly KnownIntent[]>;
  /** The intent that a trace names by its digest. */
  byDigest(digest: string): Promise<KnownIntent | undefined>;
  /** Files came or went. */
  forget(): void;
}

/** A trace has only the digest of its call; what was asked for is known where its intent is found in a file. */
export function knownIntents(folders: readonly string[], files: Files): KnownIntents {
  let cache: ReadonlyMap<string, { readonly version: string; readonly found: KnownIntent | undefined }> =
    new Map();
  const list = fileList(folders, INTENT_NAME, files, MAX_FILES);
  const all = async (): Promise<readonly KnownIntent[]> => {
    const found: KnownIntent[] = [];
    const next = new Map<string, { readonly version: string; readonly found: KnownIntent | undefined }>();
    for (const path of await list.paths()) {
      const info = await files.stat(path);
      if (info === undefined || info.size > MAX_BYTES) continue;
      const held = cache.get(path);
      const intent = held?.version === info.version ? held.found : await readIntent(path, files);
      next.set(path, { version: info.version, found: intent });
      if (intent) found.push(intent);
    }
    cache = next;
    return found;
  };
  return {
    all,
    byDigest: async (digest) => (await all()).find((known) => known.digest === digest),
    forget: list.forget,
  };
}

async function readIntent(path: string, files: Files): Promise<KnownIntent | undefined> {
  try {
    const intent = await parseIntent(await files.read(path, MAX_BYTES), `intent "${path}"`, {
      numbers: "warn",
    });
    return { path, intent, digest: await intentDigest(intent) };
  } catch (error) {
    if (error instanceof GaitError) return undefined;
    throw error;
  }
}
