import type { Files } from "../../effects/types.ts";
import type { JsonValue } from "../../formats/json/mod.ts";
import { timeOfMillis } from "../../formats/time.ts";
import type { PendingDescriptor, PinnedKind, PinsDocument } from "../../schema/mcp.ts";
import { type Descriptor, type Listing, readListing } from "./descriptors.ts";
import { changePins, noPins, pinPath, readPins } from "./pin_file.ts";
import type { PinnedServer } from "./server_id.ts";

/**
 * What is known of a tool or prompt. Only `pinned` may be shown and called: of the others nobody accepted the text
 * that the model would read.
 */
export type PinState = "pinned" | "changed" | "new" | "ambiguous" | "unlisted";

/** A listing that was recorded. */
export interface RecordedListing {
  /** The names that are not pinned, with why. */
  readonly waiting: ReadonlyMap<string, PinState>;
  /**
   * The state of a name by this listing, and by the pins as they are at this moment: a user may have accepted it since.
   * Another session with the same server may have got another listing, which says nothing about this one.
   *
   * @throws {GaitError} when the pins can't be read
   */
  stateOf(name: string): Promise<PinState>;
}

/** How the pins of a server are kept. */
export interface ServerPinsOptions {
  readonly server: PinnedServer;
  readonly folder: string;
  /**
   * What the first listing of a kind is worth: `pin` accepts it (trust on first use), `block` leaves everything
   * pending until `gait mcp trust accept`.
   */
  readonly firstUse: "pin" | "block";
}

/** Effects for keeping pins. */
export interface PinEffects {
  readonly files: Files;
  readonly now: () => number;
}

/** The pins of one server, as a gateway uses them (docs/spec/mcp_protection.md 2). */
export class ServerPins {
  readonly #options: ServerPinsOptions;
  readonly #effects: PinEffects;
  #held: { readonly version: string | undefined; readonly digests: ReadonlyMap<string, string> } | undefined;

  constructor(options: ServerPinsOptions, effects: PinEffects) {
    this.#options = options;
    this.#effects = effects;
  }

  /**
   * Record what a server lists, all pages of it. Nothing is written while it lists what is pinned.
   *
   * @throws {GaitError} when the pins can't be read or written; nothing of this server may then be shown or called
   */
  async record(kind: PinnedKind, items: readonly JsonValue[]): Promise<RecordedListing> {
    const listing = await readListing(kind, items);
    const { server, folder, firstUse } = this.#options;
    const { files, now } = this.#effects;
    const held = await readPins(files, folder, server.id);
    if (held === undefined || recorded(held, kind, listing, firstUse, "") !== held) {
      const time = timeOfMillis(now());
      await changePins(
        files,
        folder,
        server.id,
        (latest) => recorded(latest ?? noPins(server), kind, listing, firstUse, time),
      );
    }
    const stateOf = (name: string) => this.#stateIn(listing, name);
    const waiting = new Map<string, PinState>();
    for (const name of [...listing.descriptors.keys(), ...listing.ambiguous]) {
      const state = await stateOf(name);
      if (state !== "pinned") waiting.set(name, state);
    }
    return { waiting, stateOf };
  }

  async #stateIn({ ambiguous, descriptors }: Listing, name: string): Promise<PinState> {
    if (ambiguous.has(name)) return "ambiguous";
    const descriptor = descriptors.get(name);
    if (!descriptor) return "unlisted";
    const pinned = (await this.#digests()).get(keyOf(descriptor));
    return pinned === undefined ? "new" : pinned === descriptor.digest ? "pinned" : "changed";
  }

  /** The pinned digests, read again when the file changed. */
  async #digests(): Promise<ReadonlyMap<string, string>> {
    const { server: { id }, folder } = this.#options;
    const version = (await this.#effects.files.stat(pinPath(folder, id)))?.version;
    if (!this.#held || this.#held.version !== version) {
      const document = await readPins(this.#effects.files, folder, id);
      const digests = new Map((document?.pins ?? []).map((pin) => [keyOf(pin), pin.digest]));
      this.#held = { version, digests };
    }
    return this.#held.digests;
  }
}

function keyOf({ kind, name }: Pick<Descriptor, "kind" | "name">): string {
  return `${kind} ${name}`;
}

/** The pins after a listing; the same object if it tells nothing new. */
function recorded(
  held: PinsDocument,
  kind: PinnedKind,
  { descriptors }: Listing,
  firstUse: "pin" | "block",
  time: string,
): PinsDocument {
  const isFirst = !held.listed.includes(kind);
  const encode = ({ name, digest, document }: Descriptor) => ({ kind, name, digest, descriptor: document });
  if (isFirst && firstUse === "pin") {
    const pins = [...descriptors.values()].map((one) => ({
      ...encode(one),
      accepted_at: time,
      accepted_by: "first_use" as const,
    }));
    return { ...held, listed: [...held.listed, kind], pins: [...held.pins, ...pins] };
  }
  const pinned = new Map(held.pins.map((pin) => [keyOf(pin), pin.digest]));
  const seen = new Map(held.pending.map((one) => [keyOf(one), one]));
  const pending: PendingDescriptor[] = held.pending.filter((one) => one.kind !== kind);
  let changes = isFirst;
  let kept = 0;
  for (const one of descriptors.values()) {
    if (pinned.get(keyOf(one)) === one.digest) continue;
    const earlier = seen.get(keyOf(one));
    const same = earlier?.digest === one.digest;
    pending.push(same ? earlier : { ...encode(one), seen_at: time });
    if (same) kept++;
    else changes = true;
  }
  changes ||= kept < held.pending.length - held.pending.filter((one) => one.kind !== kind).length;
  const listed = isFirst ? [...held.listed, kind] : held.listed;
  return changes ? { ...held, listed, pending } : held;
}
