/** Memory of a full table in bytes: 8 MiB. */
export const TABLE_BYTES = 8 << 20;

/** Sources that a table can tell apart. */
export const MAX_SOURCES = 1023;

const FIRST_BITS = 10;
/** Bits of the index when the table is full-sized: 2^21 slots of 4 bytes. */
const LAST_BITS = 21;
const SOURCE_BITS = 10;
const SOURCE_MASK = (1 << SOURCE_BITS) - 1;

/**
 * A set of 64-bit hashes, each with the number of a source, in bounded memory: open addressing, 4 bytes a slot (22
 * bits of one hash, 10 of the source) below an index made of the other hash. It grows by doubling; while it may still
 * grow, it also keeps the hash that gives the index.
 */
export class HashTable {
  #bits = FIRST_BITS;
  #slots = new Uint32Array(1 << FIRST_BITS);
  #hashes: Uint32Array | undefined = new Uint32Array(1 << FIRST_BITS);
  #size = 0;

  /** Number of hashes. */
  get size(): number {
    return this.#size;
  }

  /** The source of a hash; 0 if there is none. */
  get(a: number, b: number): number {
    return this.#slots[this.#find(a, b)]! & SOURCE_MASK;
  }

  /**
   * Add a hash, or give it another source.
   *
   * @param source from 1 to {@linkcode MAX_SOURCES}
   * @returns false if the table is full; it is then unchanged
   */
  set(a: number, b: number, source: number): boolean {
    let slot = this.#find(a, b);
    if (this.#slots[slot] === 0) {
      // Three quarters: beyond, searching for what is absent takes long.
      if (this.#size >= 3 * (this.#slots.length >> 2)) {
        if (this.#bits === LAST_BITS) return false;
        this.#grow();
        slot = this.#find(a, b);
      }
      this.#size++;
    }
    this.#slots[slot] = b >>> SOURCE_BITS << SOURCE_BITS | source;
    if (this.#hashes) this.#hashes[slot] = a;
    return true;
  }

  /** The slot of a hash, or the empty one where it belongs. */
  #find(a: number, b: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const tag = b >>> SOURCE_BITS;
    let slot = a >>> (32 - this.#bits);
    for (;; slot = slot + 1 & mask) {
      const held = slots[slot]!;
      if (held === 0) return slot;
      if (held >>> SOURCE_BITS === tag && (!this.#hashes || this.#hashes[slot] === a >>> 0)) return slot;
    }
  }

  #grow(): void {
    const [slots, hashes] = [this.#slots, this.#hashes!];
    this.#bits++;
    this.#slots = new Uint32Array(1 << this.#bits);
    // The full-sized table doesn't grow any more, so the memory goes to slots.
    this.#hashes = this.#bits === LAST_BITS ? undefined : new Uint32Array(1 << this.#bits);
    const mask = this.#slots.length - 1;
    // By index: pairs of an iterator would be an object for each slot, and a table may have a million.
    for (let i = 0; i < slots.length; i++) {
      const held = slots[i]!;
      if (held === 0) continue;
      const hash = hashes[i]!;
      let slot = hash >>> (32 - this.#bits);
      while (this.#slots[slot] !== 0) slot = slot + 1 & mask;
      this.#slots[slot] = held;
      if (this.#hashes) this.#hashes[slot] = hash;
    }
  }
}
