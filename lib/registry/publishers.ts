import type { Files } from "../effects/types.ts";
import { invalidInput } from "../errors/mod.ts";
import { prettyJson, readJsonObject } from "../formats/json/mod.ts";
import { trimLower } from "../formats/text.ts";
import { decode } from "../schema/fields.ts";
import { PUBLISHERS_SCHEMA_ID, publishersSchema } from "../schema/registry.ts";
import { type KeyId, TRUST_FOLDER } from "../signing/mod.ts";

/** Which keys speak for which publisher; it stands beside the keys. */
export const PUBLISHERS_PATH = `${TRUST_FOLDER}/publishers.json`;

const MAX_PUBLISHERS_BYTES = 1 << 20;

/** The ids of the keys that speak for each publisher, by name. */
export type Publishers = ReadonlyMap<string, readonly string[]>;

/**
 * The publishers that this folder knows; none without the file.
 *
 * @throws {GaitError} `invalid_input` when the file can't be read, or lists a publisher twice: bindings that are unreadable must not count as absent
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

/** Bind a publisher to a key, beside those that speak for it already; `false` when the key did already. */
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

/** Forget a publisher and its keys. */
export async function unbindPublisher(files: Files, publisher: string): Promise<void> {
  const name = publisherName(publisher);
  const unknown = () =>
    invalidInput(`Cannot remove publisher "${publisher}": no key is bound to it`, {
      hint: "List those that there are: gait registry publisher list",
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
