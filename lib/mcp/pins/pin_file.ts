import type { Files } from "../../effects/types.ts";
import { invalidInput } from "../../errors/mod.ts";
import { compareBytewise } from "../../formats/bytes.ts";
import { prettyJson, readJsonObject } from "../../formats/json/mod.ts";
import { decode } from "../../schema/fields.ts";
import { PINS_SCHEMA_ID, type PinsDocument, pinsSchema } from "../../schema/mcp.ts";
import { isHexDigest } from "../../signing/mod.ts";
import type { PinnedServer } from "./server_id.ts";

/** The folder of pins of a project: one file per server, so that gateways of several servers don't meet. */
export const PINS_FOLDER = ".gait/mcp_pins";

/** The most that is read and written of one server. */
const MAX_PINS_BYTES = 32 << 20;

/** The file with the pins of a server. */
export function pinPath(folder: string, id: string): string {
  return `${folder}/${id}.json`;
}

/**
 * The pins of a server; `undefined` if it was never listed.
 *
 * @throws {GaitError} `invalid_input` when the file can't be read or belongs to another server: unreadable pins must
 * not count as absent
 */
export async function readPins(files: Files, folder: string, id: string): Promise<PinsDocument | undefined> {
  const path = pinPath(folder, id);
  if (await files.stat(path) === undefined) return undefined;
  const what = `pins "${path}"`;
  const bytes = await files.read(path, MAX_PINS_BYTES);
  const document = decode(pinsSchema, readJsonObject(bytes, { what, duplicates: "refuse" }), what);
  const names = document.pins.map(({ kind, name }) => `${kind} ${name}`);
  if (document.server_id !== id || new Set(names).size < names.length) {
    throw invalidInput(`Cannot read ${what}: it belongs to another server, or pins a name twice`, {
      hint: "Restore the file, or forget the server: gait mcp trust remove <server>",
    });
  }
  return document;
}

/** The pins of all servers, by name and id. */
export async function readAllPins(files: Files, folder: string): Promise<PinsDocument[]> {
  const found: PinsDocument[] = [];
  for (const file of await files.list(folder)) {
    const id = file.endsWith(".json") ? file.slice(0, -5) : "";
    const document = isHexDigest(id) ? await readPins(files, folder, id) : undefined;
    if (document) found.push(document);
  }
  return found.sort((a, b) => compareBytewise(a.name, b.name) || compareBytewise(a.server_id, b.server_id));
}

/** Pins of a server that was never listed. */
export function noPins({ id, name, origin }: PinnedServer): PinsDocument {
  return {
    schema_id: PINS_SCHEMA_ID,
    schema_version: "1.0.0",
    server_id: id,
    name,
    origin,
    listed: [],
    pins: [],
    pending: [],
  };
}

/**
 * Change the pins of a server, in turn with all other processes.
 *
 * @param change returns the new pins, or the same ones to write nothing
 */
export async function changePins<D extends PinsDocument | undefined>(
  files: Files,
  folder: string,
  id: string,
  change: (held: PinsDocument | undefined) => D | Promise<D>,
): Promise<D> {
  await files.makeFolder(folder);
  return await files.withLock(pinPath(folder, id), {}, async () => {
    const held = await readPins(files, folder, id);
    const next = await change(held);
    if (next !== undefined && next !== held) {
      const bytes = prettyJson({ ...next });
      if (bytes.length > MAX_PINS_BYTES) {
        throw invalidInput(`Cannot pin server "${next.name}": its descriptors take more than 32 MiB`);
      }
      await files.writeAtomic(pinPath(folder, id), bytes, { anywhere: true });
    }
    return next;
  });
}
