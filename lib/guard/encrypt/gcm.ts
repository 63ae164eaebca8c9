import { concat, fromHex, hex } from "../../formats/bytes.ts";

/*
 * Streaming AES-256-GCM (NIST SP 800-38D), built from Web Crypto's one-shot operations. Web Crypto encrypts on other
 * threads and is three times as fast as the streaming cipher of `node:crypto`, but its AES-GCM takes a whole message
 * at once. Its AES-CTR yields the ciphertext of any part of a message. The authentication (GHASH) is a polynomial
 * over GF(2^128) of the ciphertext blocks; the platform computes it for one chunk as the tag of an empty message with
 * that chunk as its additional data. This file combines the values of the chunks, which takes a few multiplications
 * per chunk.
 */

const BLOCK = 16;

/** The most blocks that GCM may encrypt: its counter has 32 bits and starts at 2. */
const MAX_BLOCKS = 2 ** 32 - 2;

/** Whether a message is encrypted or decrypted. */
export type Direction = "encrypt" | "decrypt";

/**
 * One message in progress. Each call processes whole blocks; a partial block is held back until the next chunk
 * arrives.
 */
export class GcmMessage {
  readonly #direction: Direction;
  readonly #keys: { readonly ctr: CryptoKey; readonly gcm: CryptoKey };
  readonly #nonce: Uint8Array<ArrayBuffer>;
  /** The encrypted zero block (the hash subkey H): the point at which the polynomial is evaluated. */
  readonly #point: bigint;
  /** The encrypted first counter block, which masks the polynomial in a tag. */
  readonly #mask: bigint;
  #waiting: Uint8Array<ArrayBuffer> = new Uint8Array();
  #blocks = 0;
  #bytes = 0;
  /** The value of all chunks so far, times the point. */
  #value: Promise<bigint> = Promise.resolve(0n);
  /** Cached powers of the point: all chunks but the last have the same size. */
  readonly #powers = new Map<number, bigint>();

  private constructor(
    direction: Direction,
    keys: { readonly ctr: CryptoKey; readonly gcm: CryptoKey },
    nonce: Uint8Array<ArrayBuffer>,
    point: bigint,
    mask: bigint,
  ) {
    this.#direction = direction;
    this.#keys = keys;
    this.#nonce = nonce;
    this.#point = point;
    this.#mask = mask;
  }

  /** Start a message; the nonce has 12 bytes. */
  static async begin(
    direction: Direction,
    key: Uint8Array<ArrayBuffer>,
    nonce: Uint8Array<ArrayBuffer>,
  ): Promise<GcmMessage> {
    const [ctr, gcm] = await Promise.all([
      crypto.subtle.importKey("raw", key, "AES-CTR", false, ["encrypt"]),
      crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]),
    ]);
    const zeros = new Uint8Array(BLOCK);
    const [point, mask] = await Promise.all([
      applyCounter(ctr, zeros, zeros),
      applyCounter(ctr, counterBlock(nonce, 1), zeros),
    ]);
    return new GcmMessage(direction, { ctr, gcm }, nonce, toNumber(point), toNumber(mask));
  }

  /** Encrypt or decrypt a chunk, which the caller must not modify afterwards. */
  async push(piece: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const known = this.#waiting.length === 0
      ? piece as Uint8Array<ArrayBuffer>
      : concat([this.#waiting, piece]);
    const whole = known.length - known.length % BLOCK;
    this.#waiting = known.slice(whole);
    return await this.#process(known.subarray(0, whole));
  }

  /** The rest of the message and its tag. */
  async end(): Promise<{ readonly rest: Uint8Array<ArrayBuffer>; readonly tag: Uint8Array<ArrayBuffer> }> {
    const rest = await this.#process(this.#waiting);
    const lengths = BigInt(this.#bytes) * 8n;
    const tag = await this.#value ^ multiply(lengths, this.#point) ^ this.#mask;
    return { rest, tag: fromNumber(tag) };
  }

  async #process(input: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    if (input.length === 0) return input;
    const blocks = Math.ceil(input.length / BLOCK);
    if (this.#blocks + blocks > MAX_BLOCKS) throw new RangeError("The message is too long for GCM");
    const output = applyCounter(this.#keys.ctr, counterBlock(this.#nonce, 2 + this.#blocks), input);
    this.#blocks += blocks;
    this.#bytes += input.length;
    if (this.#direction === "decrypt") {
      this.#add(input);
      return await output;
    }
    const sealed = await output;
    this.#add(sealed);
    return sealed;
  }

  /** Add a chunk of ciphertext to the polynomial; the platform evaluates it while the caller continues. */
  #add(sealed: Uint8Array<ArrayBuffer>): void {
    const blocks = Math.ceil(sealed.length / BLOCK);
    const before = this.#value;
    const ofPiece = this.#evaluate(sealed);
    this.#value = Promise.all([before, ofPiece])
      .then(([value, piece]) => multiply(value, this.#power(blocks)) ^ piece);
    this.#value.catch(() => {}); // reported by end()
  }

  /** The value of one chunk, times the point. */
  async #evaluate(sealed: Uint8Array<ArrayBuffer>): Promise<bigint> {
    const algorithm = { name: "AES-GCM", iv: this.#nonce, additionalData: sealed };
    const tag = await crypto.subtle.encrypt(algorithm, this.#keys.gcm, new Uint8Array());
    // The platform appends a block with the length of the additional data.
    const lengths = BigInt(sealed.length) * 8n << 64n;
    return toNumber(new Uint8Array(tag)) ^ this.#mask ^ multiply(lengths, this.#point);
  }

  #power(exponent: number): bigint {
    const known = this.#powers.get(exponent);
    if (known !== undefined) return known;
    let power = ONE;
    let square = this.#point;
    for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) power = multiply(power, square);
      square = multiply(square, square);
    }
    if (this.#powers.size < 8) this.#powers.set(exponent, power);
    return power;
  }
}

/** Blocks are numbers whose highest bit is the coefficient of x^0 (SP 800-38D section 6.3). */
const ONE = 1n << 127n;
const REDUCTION = 0xe1n << 120n;

/** The product of two blocks in GF(2^128). */
function multiply(left: bigint, right: bigint): bigint {
  let product = 0n;
  let shifted = right;
  for (let bit = 127n; bit >= 0n; bit--) {
    if (left >> bit & 1n) product ^= shifted;
    shifted = shifted & 1n ? shifted >> 1n ^ REDUCTION : shifted >> 1n;
  }
  return product;
}

async function applyCounter(
  key: CryptoKey,
  counter: Uint8Array<ArrayBuffer>,
  input: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CTR", counter, length: 32 }, key, input));
}

function counterBlock(nonce: Uint8Array, count: number): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK);
  block.set(nonce);
  new DataView(block.buffer).setUint32(BLOCK - 4, count);
  return block;
}

function toNumber(block: Uint8Array): bigint {
  return BigInt(`0x${hex(block)}`);
}

function fromNumber(block: bigint): Uint8Array<ArrayBuffer> {
  return fromHex(block.toString(16).padStart(2 * BLOCK, "0"))!;
}
