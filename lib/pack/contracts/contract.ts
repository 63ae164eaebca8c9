import type * as v from "valibot";
import { invalidInput } from "../../errors/mod.ts";
import { readJsonObject, type ReadJsonOptions } from "../../formats/json/mod.ts";
import type { ZipArchive } from "../../formats/zip/mod.ts";
import { decode } from "../../schema/fields.ts";
import { readDocument } from "../../formats/zip/documents.ts";
import type { PackManifest } from "../../schema/pack.ts";
import type { TrustedKeys } from "../../signing/mod.ts";
import type { Finding } from "../report.ts";
import type { GrantKeys } from "../authorized/trust.ts";

/** Options of contract checks. */
export interface ContractDemands {
  /** The trusted keys. */
  readonly trusted: TrustedKeys;
  /** Keys for traces and grants alone. */
  readonly grants?: GrantKeys;
  /** Digests of the only policies that may have decided; any when absent. */
  readonly policies?: readonly string[] | undefined;
  /** The manifest has a valid signature by a trusted key. */
  readonly packVerified?: boolean;
  /** The authorization of the run is demanded. */
  readonly authorizationDemanded?: boolean;
}

/**
 * The requirements of a pack type beyond digests (docs/spec/pack.md 4.1). Called only if every digest holds.
 *
 * @returns further findings
 * @throws {GaitError} `invalid_input` when the contract is broken
 */
export type Contract = (
  archive: ZipArchive,
  manifest: PackManifest,
  demands: ContractDemands,
) => Promise<readonly Finding[]>;

/**
 * Read a JSON object of a pack, checking its form but not its values. Duplicate keys are refused.
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

/** Check that required entries exist. */
export function demandEntries(archive: ZipArchive, names: readonly string[]): void {
  const absent = names.filter((name) => !archive.has(name));
  if (absent.length > 0) throw invalidInput(`Cannot read pack: ${absent.join(", ")} missing`);
}

/** Assert a requirement of a contract. */
export function demand(holds: boolean, what: string, reason: string): asserts holds {
  if (!holds) throw invalidInput(`Cannot read ${what}: ${reason}`);
}
