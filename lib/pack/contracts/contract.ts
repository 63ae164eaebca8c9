import type * as v from "valibot";
import { invalidInput } from "../../errors/mod.ts";
import { readJsonObject, type ReadJsonOptions } from "../../formats/json/mod.ts";
import type { ZipArchive } from "../../formats/zip/mod.ts";
import { decode } from "../../schema/fields.ts";
import { readDocument } from "../../formats/zip/documents.ts";
import type { PackManifest } from "../../schema/pack.ts";
import type { TrustedKeys } from "../../signing/mod.ts";
import type { Finding } from "../report.ts";

/** What a contract may ask beyond the pack itself. */
export interface ContractDemands {
  /** Keys whose signatures count. */
  readonly trusted: TrustedKeys;
}

/**
 * What a pack of one type must hold, beyond digests (docs/spec/pack.md 4.1). Called only when every digest holds.
 *
 * @returns what else is odd
 * @throws {GaitError} `invalid_input` when the contract is broken
 */
export type Contract = (
  archive: ZipArchive,
  manifest: PackManifest,
  demands: ContractDemands,
) => Promise<readonly Finding[]>;

/**
 * Read a JSON object of a pack strictly in its form, not yet in its values. Keys that occur twice are refused.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function decodeDocument<T extends v.GenericSchema>(
  archive: ZipArchive,
  name: string,
  schema: T,
  numbers: ReadJsonOptions["numbers"] = "double",
): Promise<v.InferOutput<T>> {
  const document = readJsonObject(await readDocument(archive, name), {
    what: name,
    duplicates: "refuse",
    numbers,
  });
  return decode(schema, document, name);
}

/** Entries that a type can't do without. */
export function demandEntries(archive: ZipArchive, names: readonly string[]): void {
  const absent = names.filter((name) => !archive.has(name));
  if (absent.length > 0) throw invalidInput(`Cannot read pack: ${absent.join(", ")} missing`);
}

/** A check of a contract: what must hold, and what to say when it does not. */
export function demand(holds: boolean, what: string, reason: string): asserts holds {
  if (!holds) throw invalidInput(`Cannot read ${what}: ${reason}`);
}
