import { GaitError, invalidInput } from "../errors/mod.ts";
import type { SealedPack } from "./seal.ts";
import { verifyPack } from "./verify.ts";

/**
 * What is built must verify wherever it is opened: sizes, counts and names have limits there that the source need not
 * keep to.
 *
 * @returns the pack
 * @throws {GaitError} `invalid_input` when it does not verify
 */
export async function proveItVerifies(pack: SealedPack): Promise<SealedPack> {
  const report = await verifyPack(pack.bytes).catch((error) => {
    if (!(error instanceof GaitError)) throw error;
    throw invalidInput(`Cannot build a pack that verifies: ${error.message}`, { cause: error });
  });
  if (report.ok) return pack;
  const found = report.findings.find(({ severity }) => severity !== "note");
  throw invalidInput(`Cannot build a pack that verifies: ${found?.message ?? "its files do not fit"}`);
}
