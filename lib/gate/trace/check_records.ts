import { invalidInput } from "../../errors/mod.ts";
import { type JsonObject, readJsonObject, without } from "../../formats/json/mod.ts";
import { decode } from "../../schema/fields.ts";
import { traceSchema } from "../../schema/trace.ts";
import { checkSignature, digestOf, equalDigests, type PublicKey } from "../../signing/mod.ts";
import type { NamedRecord } from "./journal_line.ts";
import { RECORD_PREFIXES } from "./write.ts";

/** Whether the trace of a decision is signed with a key that is known, or with one that nobody here can check. */
export type RecordStanding = "verified" | "unknown_key";

/**
 * Check the records of one decision that a journal holds, before they become files: whoever can write to the folder
 * of journals must not get a record into the folder of traces that this program never made.
 *
 * The trace must be whole, bear the digest of its own bytes, and, where it names a key that is known, a signature of
 * that key. The records beside it are not signed; they must be of its trace id.
 *
 * @param known keys that sign traces here
 * @throws {GaitError} `invalid_input` when a record is none of ours, or was changed
 */
export async function checkRecords(
  records: readonly NamedRecord[],
  known: readonly PublicKey[],
): Promise<RecordStanding> {
  const documents = records.map(readRecord);
  const traces = documents.filter(({ document }) => document["schema_id"] === "gait.gate.trace");
  const [trace] = traces;
  if (!trace || traces.length > 1) throw invalidInput("a decision has one trace");
  const { trace_id: id, signature } = decode(traceSchema, trace.document, "trace");
  for (const { name, document } of documents) {
    const named = RECORD_PREFIXES.some((prefix) => isNamed(name, `${prefix}_${id}`));
    if (id === "" || document["trace_id"] !== id || !named) {
      throw invalidInput(`record "${name}" does not belong to its trace`);
    }
  }
  const digest = await digestOf(without(trace.document, "signature"));
  if (!signature || !equalDigests(signature.signed_digest, digest)) {
    throw invalidInput(`trace "${trace.name}" was changed after it was signed`);
  }
  const key = known.find((key) => key.id === signature.key_id);
  if (!key) return "unknown_key";
  const problem = await checkSignature(signature, digest, key);
  if (problem !== undefined) throw invalidInput(`trace "${trace.name}" does not verify: ${problem}`);
  return "verified";
}

function readRecord({ name, content }: NamedRecord): { name: string; document: JsonObject } {
  return { name, document: readJsonObject(content, { what: `record "${name}"`, signed: true }) };
}

/** `stem.json`, or the same with a number. */
function isNamed(name: string, stem: string): boolean {
  return name.startsWith(stem) && /^(?:_[1-9][0-9]*)?\.json$/.test(name.slice(stem.length));
}
