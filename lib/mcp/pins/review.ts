import type { Files } from "../../effects/types.ts";
import { invalidInput } from "../../errors/mod.ts";
import { suggest } from "../../formats/suggest.ts";
import { timeOfMillis } from "../../formats/time.ts";
import type { PendingDescriptor, Pin, PinsDocument } from "../../schema/mcp.ts";
import { type Digest, digestOf, isHexDigest } from "../../signing/mod.ts";
import { diffFields, type FieldChange } from "./field_diff.ts";
import { changePins, pinPath, readAllPins } from "./pin_file.ts";
import type { PinEffects } from "./server_pins.ts";

/** A descriptor that waits for the user, compared with the pinned one. */
export interface PendingChange {
  readonly pending: PendingDescriptor;
  /** Absent when it is new. */
  readonly pinned: Pin | undefined;
  /** Empty when it is new. */
  readonly fields: readonly FieldChange[];
}

/** What of a server waits for the user. */
export interface PinReview {
  readonly document: PinsDocument;
  readonly changes: readonly PendingChange[];
  /** Digest of all that waits: whoever accepts by it accepts what was shown, not what was listed since. */
  readonly listing: Digest;
}

/** Compare what waits with what is pinned. */
export async function reviewPins(document: PinsDocument): Promise<PinReview> {
  const pinned = new Map(document.pins.map((pin) => [`${pin.kind} ${pin.name}`, pin]));
  const changes = document.pending.map((pending) => {
    const pin = pinned.get(`${pending.kind} ${pending.name}`);
    return { pending, pinned: pin, fields: pin ? diffFields(pin.descriptor, pending.descriptor) : [] };
  });
  const keys = document.pending.map(({ kind, name, digest }) => `${kind} ${name} ${digest}`).sort();
  return { document, changes, listing: await digestOf(keys) };
}

/**
 * The server of a name or the beginning of an id.
 *
 * @throws {GaitError} `invalid_input` when none or several fit
 */
export async function findServer(files: Files, folder: string, asked: string): Promise<PinsDocument> {
  const all = await readAllPins(files, folder);
  const isId = /^[0-9a-f]{6,64}$/.test(asked);
  const byName = all.filter(({ name }) => name === asked);
  const found = byName.length > 0 || !isId ? byName : all.filter(({ server_id: id }) => id.startsWith(asked));
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    const ids = found.map(({ server_id: id }) => id.slice(0, 12)).join(", ");
    throw invalidInput(`Cannot tell which server "${asked}" is: ${ids}`, {
      hint: "Give one of these ids; another version or option of a command is another server",
    });
  }
  const near = suggest(asked, all.map(({ name }) => name));
  throw invalidInput(`Cannot find server "${asked}": nothing of it was ever listed`, {
    hint: near !== undefined
      ? `Did you mean ${near}?`
      : all.length === 0
      ? `No server was ever listed in ${folder}: is --pins-dir another one?`
      : `Listed are: ${
        all.slice(0, 5).map(({ name, server_id }) => `${name} (${server_id.slice(0, 12)})`).join(", ")
      }`,
  });
}

/** What is accepted of a server. */
export interface AcceptOptions {
  /** The digest of the reviewed listing. */
  readonly listing: string;
  /** Names to accept; all that wait if there is none. */
  readonly only: readonly string[];
}

/**
 * Pin what waits.
 *
 * @returns what was pinned
 * @throws {GaitError} `invalid_input` when something else waits than was reviewed, or a name does not wait
 */
export async function acceptPending(
  { server_id: id, name }: Pick<PinsDocument, "server_id" | "name">,
  folder: string,
  { listing, only }: AcceptOptions,
  { files, now }: PinEffects,
): Promise<readonly PendingDescriptor[]> {
  let accepted: PendingDescriptor[] = [];
  await changePins(files, folder, id, async (held) => {
    if (!held || (await reviewPins(held)).listing !== listing) {
      throw invalidInput(`Cannot accept changes of "${name}": the server lists something else by now`, {
        hint: `Look again: gait mcp trust diff ${id.slice(0, 12)}`,
      });
    }
    const missing = only.find((one) => !held.pending.some((pending) => pending.name === one));
    if (missing !== undefined) {
      throw invalidInput(`Cannot accept "${missing}": nothing of that name waits`, {
        hint: `List what waits: gait mcp trust diff ${id.slice(0, 12)}`,
      });
    }
    accepted = held.pending.filter((one) => only.length === 0 || only.includes(one.name));
    if (accepted.length === 0) return held;
    const time = timeOfMillis(now());
    const replaced = new Set(accepted.map(({ kind, name }) => `${kind} ${name}`));
    return {
      ...held,
      pins: [
        ...held.pins.filter(({ kind, name }) => !replaced.has(`${kind} ${name}`)),
        ...accepted.map(({ seen_at: _, ...one }) => ({
          ...one,
          accepted_at: time,
          accepted_by: "user" as const,
        })),
      ],
      pending: held.pending.filter((one) => !accepted.includes(one)),
    };
  });
  return accepted;
}

/**
 * Forget a server: its next listing is a first one. Works on pins that can't be read, too.
 *
 * @returns the id
 * @throws {GaitError} `invalid_input` when no server, or several, have the name or the beginning of an id
 */
export async function forgetServer(files: Files, folder: string, asked: string): Promise<string> {
  const ids = /^[0-9a-f]{6,64}$/.test(asked)
    ? (await files.list(folder)).flatMap((file) => file.startsWith(asked) ? file.slice(0, 64) : [])
      .filter((id) => isHexDigest(id))
    : [];
  const unique = new Set(ids);
  const id = unique.size === 1 ? ids[0]! : (await findServer(files, folder, asked)).server_id;
  const path = pinPath(folder, id);
  await files.withLock(path, {}, () => files.remove(path));
  return id;
}
