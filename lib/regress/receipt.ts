import { GaitError, invalidInput } from "../errors/mod.ts";
import type { OutputRules } from "../effects/mod.ts";
import { isObjectWith, type JsonObject, prettyJson, readJsonObject } from "../formats/json/mod.ts";
import { type CaptureReceipt, captureReceiptSchema, RECEIPT_SCHEMA_ID } from "../schema/capture.ts";
import { decode, omitEmpty } from "../schema/fields.ts";
import type { PackPlaces } from "../runpack/locate.ts";
import type { SourceRequest } from "./source.ts";

/** The members that every output of `gait capture` has, including errors. */
export const RECEIPT_HEAD = { schema_id: RECEIPT_SCHEMA_ID, schema_version: "1.0.0" } as const;

/** A receipt may replace only an older receipt, which can be produced again. */
export const OLDER_RECEIPT: OutputRules = {
  older: (held) => isObjectWith(held, ({ schema_id: id }) => id === RECEIPT_SCHEMA_ID),
  olderGoes: "away",
  anywhere: true,
  hint: "Give another name: the existing file is not a capture receipt",
};

/** Encode a receipt, members in the order of docs/spec/regress.md 2.2. */
export function encodeReceipt(receipt: JsonObject): Uint8Array<ArrayBuffer> {
  return prettyJson(omitEmpty(receipt, ...Object.keys(receipt)));
}

/** The source of the fixture that `regress add` creates. */
export interface ReceiptSource extends SourceRequest {
  /** Digest of the manifest that was captured; another runpack in its place is refused. */
  readonly manifestDigest?: string | undefined;
}

/**
 * Resolve the argument of `regress add` (docs/spec/regress.md 1.2, step 1): the target of a capture receipt with the
 * checkpoint that was captured, or the text itself if it names no receipt. Paths in a receipt are files, never run ids.
 *
 * @throws {GaitError} `invalid_input` if no fixture can be created from the receipt
 */
export async function followReceipt(
  { from, checkpoint }: SourceRequest,
  { files }: PackPlaces,
): Promise<ReceiptSource> {
  if (!/\.json$/i.test(from) || !await files.isFile(from)) return { from, checkpoint };
  const receipt = receiptIn(await files.read(from));
  if (!receipt) return { from, checkpoint };
  if (receipt.artifact_type !== "runpack") {
    const what = receipt.artifact_type ? `a ${receipt.artifact_type}` : "nothing";
    throw invalidInput(`Cannot add a regression from "${from}": it is the receipt of ${what}`, {
      hint: "Capture the run instead of its trace",
    });
  }
  const chain = receipt.session_chain_path;
  const path = chain || receipt.artifact_path;
  const captured = receipt.checkpoint_index > 0 ? String(receipt.checkpoint_index) : undefined;
  return {
    from: path.includes("/") ? path : `./${path}`,
    checkpoint: checkpoint ?? (chain === "" ? undefined : captured),
    // A different checkpoint than the captured one is a different runpack.
    manifestDigest: chain !== "" && checkpoint !== undefined && checkpoint !== captured
      ? undefined
      : receipt.manifest_digest || undefined,
  };
}

/** Parse a receipt; `undefined` when the bytes are not one, so that the argument itself is used as the source. */
function receiptIn(bytes: Uint8Array): CaptureReceipt | undefined {
  try {
    const receipt = decode(
      captureReceiptSchema,
      readJsonObject(bytes, { what: "capture receipt" }),
      "receipt",
    );
    const [path, chain] = [receipt.artifact_path.trim(), receipt.session_chain_path.trim()];
    return path === "" ? undefined : {
      ...receipt,
      artifact_type: receipt.artifact_type.trim(),
      artifact_path: path,
      session_chain_path: chain,
    };
  } catch (error) {
    if (error instanceof GaitError) return undefined;
    throw error;
  }
}
