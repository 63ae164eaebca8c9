import { GaitError, invalidInput } from "../errors/mod.ts";
import type { Files } from "../effects/types.ts";
import { equalBytes } from "../formats/bytes.ts";
import { type JsonObject, prettyJson, readJsonObject, without } from "../formats/json/mod.ts";
import { decode, omitEmpty } from "../schema/fields.ts";
import {
  CHAIN_HEAD_SCHEMA_ID,
  type ChainHead,
  chainHeadSchema,
  type SessionChain,
} from "../schema/session_chain.ts";
import { digestOf, equalHex, sha256, type TrustedKeys, verifySignatures } from "../signing/mod.ts";
import { headPath } from "./paths.ts";

/** The verification status of a chain head. */
export type HeadStatus = "missing" | "unsigned" | "skipped" | "verified" | "failed";

/** The verification result of a chain head. */
export interface HeadReport {
  readonly status: HeadStatus;
  /** The number of checkpoints that it declares. */
  readonly count?: number;
  /** Digests of runpacks by index of their checkpoint; of a verified head only. */
  readonly runpackDigests: ReadonlyMap<number, string>;
  /** Errors regardless of the options. */
  readonly errors: readonly string[];
  /** Errors if a head or a signature is required: the head can't be read, or does not match the chain. */
  readonly mismatches: readonly string[];
  /** Errors if a signature is required. */
  readonly signatureErrors: readonly string[];
}

/** A head is small: one entry a checkpoint. */
const MAX_HEAD_BYTES = 1 << 26;

/** Verify the head of a chain: whether a trusted key signed it, and whether it matches the chain. */
export async function verifyHead(
  files: Files,
  chainPath: string,
  chain: SessionChain,
  chainBytes: Uint8Array<ArrayBuffer>,
  trusted: TrustedKeys,
): Promise<HeadReport> {
  const path = headPath(chainPath);
  const none = new Map<number, string>();
  if (await files.stat(path) === undefined) {
    return { status: "missing", runpackDigests: none, errors: [], mismatches: [], signatureErrors: [] };
  }
  let head: ChainHead;
  let document: JsonObject;
  let exact: boolean;
  try {
    if (!await files.isFile(path)) throw invalidInput("it is not a file"); // reading a pipe would not end
    const bytes = await files.read(path, MAX_HEAD_BYTES);
    document = readJsonObject(bytes, { what: "chain head", signed: true });
    head = decode(chainHeadSchema, document, "chain head");
    // Detects members that no signature covers, e.g. additional ones inside of the signature.
    exact = equalBytes(bytes, prettyJson(omitEmpty(head, "signatures")));
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    const mismatches = ["chain head can't be read"];
    return { status: "failed", runpackDigests: none, errors: [], mismatches, signatureErrors: [] };
  }
  const signature = await verifySignatures(
    head.signatures,
    await digestOf(without(document, "signatures")),
    trusted,
  );
  const status = signature.status === "missing" ? "unsigned" : signature.status;
  const errors: string[] = [];
  const signatureErrors: string[] = [];
  const mismatches: string[] = [];
  if (status === "failed") errors.push("chain head signature verification failed");
  else if (status !== "verified") {
    signatureErrors.push(
      `chain head is ${status === "unsigned" ? "not signed" : "signed by no trusted key"}`,
    );
  }
  if (!exact) signatureErrors.push("chain head is not in its written form");
  const count = chain.checkpoints.length;
  if (head.schema_id !== CHAIN_HEAD_SCHEMA_ID) mismatches.push("chain head is of another kind");
  if (head.session_id !== chain.session_id || head.run_id !== chain.run_id) {
    mismatches.push("chain head is of another session");
  }
  if (count < head.checkpoint_count) {
    const text = `chain is truncated: it has ${count} checkpoints, its head says ${head.checkpoint_count}`;
    (status === "verified" ? errors : mismatches).push(text);
  } else if (!equalHex(await sha256(chainBytes), head.chain_digest)) {
    // Other implementations extend a chain without updating its head.
    mismatches.push("chain is not the one that its head is about");
  }
  return {
    status,
    count: head.checkpoint_count,
    runpackDigests: status === "verified"
      ? new Map(head.runpacks.map((item) => [item.checkpoint_index, item.runpack_digest]))
      : none,
    errors,
    mismatches,
    signatureErrors,
  };
}
