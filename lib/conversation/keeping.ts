import { canonicalize, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import type { Digest } from "../signing/mod.ts";
import type { RunningDigest } from "../signing/running_digest.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import type { WrittenPayload } from "./transcript.ts";

/** What the id of a run is derived from: a value, or its digest where the value is not kept. */
export interface Identity {
  readonly value: JsonValue;
  readonly digest?: Digest;
}

/** How what was read of a log is kept. */
export interface Keeping {
  readonly ledger: () => Ledger;
  readonly identify: (value: JsonValue) => Identity;
  /** The identity of a list that grows. */
  readonly list: () => { readonly add: (value: JsonValue) => void; readonly end: () => Identity };
  /** What a text is known by when it comes again. */
  readonly key: (text: string) => string;
}

/** Everything is kept, which is simple. */
export const AS_VALUES: Keeping = {
  ledger: () => openLedger(),
  identify: (value) => ({ value }),
  list() {
    const value: JsonValue[] = [];
    return { add: (item) => void value.push(item), end: () => ({ value }) };
  },
  key: (text) => text,
};

/** Characters that are encoded together. */
const AT_ONCE = 64 * 1024;

/** What digests are made with. */
export interface Digests {
  readonly hash: (text: string) => Digest;
  readonly open: () => RunningDigest;
}

/**
 * Only digests are kept, so that memory does not grow with what was said and done but with the number of calls.
 *
 * @param withText whether the texts of payloads are kept too, because the runpack will hold them
 */
export function asDigests({ hash, open }: Digests, withText: boolean): Keeping {
  const write = (payload: JsonObject): WrittenPayload => {
    const text = canonicalize(payload);
    return { digest: hash(text), text: withText ? text : undefined };
  };
  return {
    ledger: () => openLedger(write),
    identify: (value) => ({ value: null, digest: hash(canonicalize(value)) }),
    list() {
      const digest = open();
      // Small texts are put together, because encoding each costs more than the text.
      let pending: string[] = ["["];
      let size = 0;
      let isFirst = true;
      const flush = () => {
        digest.add(utf8(pending.join("")));
        pending = [];
        size = 0;
      };
      return {
        add(item) {
          const text = canonicalize(item);
          pending.push(isFirst ? "" : ",", text);
          isFirst = false;
          size += text.length;
          if (size > AT_ONCE) flush();
        },
        end() {
          pending.push("]");
          flush();
          return { value: null, digest: digest.end() };
        },
      };
    },
    key: hash,
  };
}
