import { invalidInput } from "../../errors/mod.ts";
import type { ContextEnvelope, ContextRecord } from "../../schema/context.ts";
import { normalizeEnvelope } from "./envelope.ts";

/** A digest that says nothing. */
const NO_DIGEST = "0".repeat(64);

/**
 * An envelope with less in it (docs/spec/pack.md 8.7): `metadata` takes parameters, labels, locators and digests away,
 * `hashes` keeps the digests, `raw` changes nothing. The set digest is made anew, since it is over what is left.
 *
 * @param mode blank counts as `metadata`
 * @throws {GaitError} `invalid_input` for an unknown mode
 */
export async function withPrivacy(envelope: ContextEnvelope, mode: string): Promise<ContextEnvelope> {
  switch (mode.trim().toLowerCase() || "metadata") {
    case "raw":
      return envelope;
    case "metadata":
      return await reduced(envelope, (record) => ({
        ...bare(record, "redacted:metadata"),
        query_digest: NO_DIGEST,
        content_digest: NO_DIGEST,
      }));
    case "hashes":
      return await reduced(envelope, (record) => bare(record, "redacted:hashes"));
    default:
      throw invalidInput(`Cannot use privacy mode "${mode}": expected metadata, hashes or raw`);
  }
}

function bare({ retrieval_params: _, ...record }: ContextRecord, locator: string): ContextRecord {
  return { ...record, retrieval_params: undefined, sensitivity_label: "", source_locator: locator };
}

async function reduced(
  envelope: ContextEnvelope,
  reduce: (record: ContextRecord) => ContextRecord,
): Promise<ContextEnvelope> {
  return await normalizeEnvelope({
    ...envelope,
    context_set_digest: "",
    records: envelope.records.map(reduce),
  });
}
