import { utf8 } from "../formats/bytes.ts";
import { encodeInto, WIDEST } from "../formats/encode_into.ts";
import type { Digest } from "../signing/mod.ts";
import type { RunningDigest } from "../signing/running_digest.ts";

/** Bytes that are hashed together, because to hash each item costs more than the item. */
const AT_ONCE = 256 * 1024;

/** The digest of the canonical form of a list, of which the items come one by one. */
export class ListDigest {
  readonly #digest: RunningDigest;
  readonly #bytes = new Uint8Array(AT_ONCE);
  #size = 0;
  #isEmpty = true;

  constructor(digest: RunningDigest) {
    this.#digest = digest;
  }

  /** @param form the canonical form of the item */
  add(form: Uint8Array | string): void {
    const room = (typeof form === "string" ? WIDEST : 1) * form.length + 2;
    if (this.#size + room > AT_ONCE) this.#flush();
    this.#bytes[this.#size++] = this.#isEmpty ? 0x5b : 0x2c;
    this.#isEmpty = false;
    if (room > AT_ONCE) {
      this.#flush();
      this.#digest.add(typeof form === "string" ? utf8(form) : form);
    } else if (typeof form === "string") {
      this.#size = encodeInto(form, this.#bytes, this.#size);
    } else {
      this.#bytes.set(form, this.#size);
      this.#size += form.length;
    }
  }

  end(): Digest {
    if (this.#isEmpty) this.#bytes[this.#size++] = 0x5b;
    this.#bytes[this.#size++] = 0x5d;
    this.#flush();
    return this.#digest.end();
  }

  #flush(): void {
    this.#digest.add(this.#bytes.subarray(0, this.#size));
    this.#size = 0;
  }
}
