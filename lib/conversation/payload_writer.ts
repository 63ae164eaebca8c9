import { decodeUtf8 } from "../formats/bytes.ts";
import { encodeInto, WIDEST } from "../formats/encode_into.ts";
import { canonicalize, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { rewriteJson, rewritingRoom } from "../formats/json/rewrite.ts";
import type { Digest } from "../signing/mod.ts";
import { readArguments, readResult } from "./payload.ts";
import type { ToolAnswer } from "./transcript.ts";

/** Hashes bytes, or a well-formed text as UTF-8. */
export type HashPayload = (input: Uint8Array<ArrayBuffer> | string) => Digest;

/** What is kept of a payload in the place of its value. */
export interface WrittenPayload {
  readonly digest: Digest;
  /** Its canonical text; absent if the runpack does not keep payloads. */
  readonly text: string | undefined;
}

/** What is kept of the arguments of a call, and of the result of one. */
type WrittenArguments = WrittenPayload & { readonly rawArguments: boolean };
type WrittenResult = WrittenPayload & Pick<ToolAnswer, "status">;

/** Longer texts are read as values: they are few. */
const MOST = 64 * 1024;

/** Payloads of which digests are kept, and maybe canonical texts: a long log has many. */
export class PayloadWriter {
  readonly #hash: HashPayload;
  readonly #withText: boolean;
  readonly #text = new Uint8Array(WIDEST * MOST);
  readonly #form = new Uint8Array(rewritingRoom(WIDEST * MOST));

  /** @param withText whether their texts are kept too, because the runpack will hold them */
  constructor(hash: HashPayload, withText: boolean) {
    this.#hash = hash;
    this.#withText = withText;
  }

  args(value: JsonValue | undefined): WrittenArguments {
    const known = this.#objectIn(value);
    if (known !== undefined) return { rawArguments: false, digest: known.digest, text: known.text };
    const { args, rawArguments } = readArguments(value);
    return { rawArguments, ...this.#write(args) };
  }

  result(value: JsonValue | undefined, failed: boolean | undefined): WrittenResult {
    // Of an object that may have a member of either name it is asked what the member says.
    const mayReport = failed === undefined && typeof value === "string" && value.includes('rror"');
    const known = mayReport ? undefined : this.#objectIn(value);
    if (known !== undefined) {
      return { status: failed ? "error" : "ok", digest: known.digest, text: known.text };
    }
    const { result, status } = readResult(value, failed);
    return { status, ...this.#write(result) };
  }

  #write(payload: JsonObject): WrittenPayload {
    const text = canonicalize(payload);
    return { digest: this.#hash(text), text: this.#withText ? text : undefined };
  }

  /** The object in a text, without making it; `undefined` if there is none, or it has to be made. */
  #objectIn(text: JsonValue | undefined): WrittenPayload | undefined {
    if (typeof text !== "string" || text.length > MOST) return undefined;
    const size = rewriteJson(this.#text, 0, encodeInto(text, this.#text, 0), this.#form);
    if (size === 0 || this.#form[0] !== 0x7b) return undefined;
    const form = this.#form.subarray(0, size);
    return { digest: this.#hash(form), text: this.#withText ? decodeUtf8(form) : undefined };
  }
}
