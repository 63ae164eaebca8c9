import { canonicalize, type JsonValue } from "../formats/json/mod.ts";
import type { Digest } from "../signing/mod.ts";
import type { RunningDigest } from "../signing/running_digest.ts";
import { CallColumns } from "./call_columns.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { ListDigest } from "./list_digest.ts";
import { type HashPayload, PayloadWriter } from "./payload_writer.ts";

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

/** What digests are made with. */
export interface Digests {
  readonly hash: HashPayload;
  readonly open: () => RunningDigest;
  /** The canonical form of a value, where it is known already. */
  readonly formOf?: ((value: JsonValue) => Uint8Array<ArrayBuffer> | undefined) | undefined;
}

/**
 * Only digests are kept, so that memory does not grow with what was said and done but with the number of calls.
 *
 * @param withText whether the texts of payloads are kept too, because the runpack will hold them
 */
export function asDigests({ hash, open, formOf }: Digests, withText: boolean): Keeping {
  const written = (value: JsonValue) => formOf?.(value) ?? canonicalize(value);
  const writer = new PayloadWriter(hash, withText);
  return {
    ledger: () => openLedger(new CallColumns(writer)),
    identify: (value) => ({ value: null, digest: hash(written(value)) }),
    list() {
      const digest = new ListDigest(open());
      return {
        add: (item) => digest.add(written(item)),
        end: () => ({ value: null, digest: digest.end() }),
      };
    },
    key: hash,
  };
}
