import { invalidInput } from "../errors/mod.ts";
import { isJsonObject, readJson } from "../formats/json/mod.ts";
import type { PackPlaces } from "../runpack/locate.ts";

const SCHEMA_ID = "gait.capture.receipt";
const SCHEMA_VERSION = "1.0.0";

/**
 * The source that `regress add` means (docs/spec/regress.md 1.2, step 1): what a capture receipt points to, or the text
 * itself when it names no receipt. Paths of a receipt are files, never run ids.
 *
 * @throws {GaitError} `invalid_input` when the receipt is of something that no fixture can be made of
 */
export async function followReceipt(from: string, { files }: PackPlaces): Promise<string> {
  if (!/\.json$/i.test(from) || !await files.isFile(from)) return from;
  const receipt = parseReceipt(await files.read(from));
  if (!receipt) return from;
  if (receipt.type !== "runpack") {
    throw invalidInput(`Cannot add a regression from "${from}": it is the receipt of a ${receipt.type}`, {
      hint: "Capture the run instead of its trace",
    });
  }
  const path = receipt.chain || receipt.path;
  return path.includes("/") ? path : `./${path}`;
}

function parseReceipt(bytes: Uint8Array): { type: string; path: string; chain: string } | undefined {
  let value;
  try {
    value = readJson(bytes, { what: "capture receipt" });
  } catch {
    return undefined; // no JSON, so no receipt; the caller takes the text as it stands
  }
  if (!isJsonObject(value) || value.schema_id !== SCHEMA_ID || value.schema_version !== SCHEMA_VERSION) {
    return undefined;
  }
  const text = (member: string) => typeof value[member] === "string" ? value[member].trim() : "";
  const path = text("artifact_path");
  return path === "" ? undefined : { type: text("artifact_type"), path, chain: text("session_chain_path") };
}
