import type { Files } from "../effects/types.ts";
import { invalidInput } from "../errors/mod.ts";
import { prettyJson, readJsonObject } from "../formats/json/mod.ts";
import { trimLower } from "../formats/text.ts";
import { decode } from "../schema/fields.ts";
import { PUBLISHERS_SCHEMA_ID, publishersSchema } from "../schema/registry.ts";
import { type KeyId, TRUST_FOLDER } from "../signing/mod.ts";

/** The file with the keys bound to each publisher, next to the trusted keys. */
export const PUBLISHERS_PATH = `${TRUST_FOLDER}/publishers.json`;

const MAX_PUBLISHERS_BYTES = 1 << 20;

/** The ids of the keys bound to each publisher, by publisher name. */
export type Publishers = ReadonlyMap<string, readonly string[]>;

/**
 * Read the publisher bindings of this folder; empty without the file.
 *
 * @throws {GaitError} `invalid_input` if the file can't be read or lists a publisher twice: unreadable bindings must not
 * count as absent
 */
export async function readPublishers(files: Files, path = PUBLISHERS_PATH): Promise<Publishers> {
  if (await files.stat(path) === undefined) return new Map();
  const what = `publishers "${path}"`;
  const document = readJsonObject(await files.read(path, MAX_PUBLISHERS_BYTES), {
    what,
    duplicates: "refuse",
  });
  const bindings = new Map<string, readonly string[]>();
  for (const { name, key_ids } of decode(publishersSchema, document, what).publishers) {
    // Names are bound trimmed and in lower case: another spelling would be a second entry that no key is looked up in.
    if (publisherName(name) === name && !bindings.has(name)) bindings.set(name, key_ids);
    else {
      throw invalidInput(`Cannot read ${what}: publisher "${name}" is listed twice, or not in lower case`, {
        hint: "Restore the file from your version control, or bind anew: gait registry publisher add",
      });
    }
  }
  return bindings;
}

/** Bind a further key to a publisher; `false` if it was bound already. */
export async function bindPublisher(files: Files, publisher: string, key: KeyId): Promise<boolean> {
  const name = publisherName(publisher);
  return await files.withLock(PUBLISHERS_PATH, {}, async () => {
    const known = new Map(await readPublishers(files));
    const keys = known.get(name) ?? [];
    if (keys.includes(key)) return false;
    await write(files, known.set(name, [...keys, key].sort()));
    return true;
  });
}

/** Remove a publisher and its key bindings. */
export async function unbindPublisher(files: Files, publisher: string): Promise<void> {
  const name = publisherName(publisher);
  const unknown = () =>
    invalidInput(`Cannot remove publisher "${publisher}": no key is bound to it`, {
      hint: "List all publishers: gait registry publisher list",
    });
  if (await files.stat(PUBLISHERS_PATH) === undefined) throw unknown();
  await files.withLock(PUBLISHERS_PATH, {}, async () => {
    const known = new Map(await readPublishers(files));
    if (!known.delete(name)) throw unknown();
    await write(files, known);
  });
}

function publisherName(given: string): string {
  const name = trimLower(given);
  if (name !== "") return name;
  throw invalidInput("Cannot bind a publisher without a name");
}

async function write(files: Files, known: Publishers): Promise<void> {
  const publishers = [...known].map(([name, key_ids]) => ({ name, key_ids: [...key_ids] }))
    .sort((left, right) => left.name < right.name ? -1 : 1);
  const document = { schema_id: PUBLISHERS_SCHEMA_ID, schema_version: "1.0.0", publishers };
  await files.writeAtomic(PUBLISHERS_PATH, prettyJson(document));
}
