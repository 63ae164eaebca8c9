import { invalidInput } from "../errors/mod.ts";
import type { Intent, Receipt, Refs, Result } from "../schema/runpack.ts";
import { digestOf, equalHex, type Hasher } from "../signing/mod.ts";

/** Prefix of receipts for the gate's trace of an intent. */
const PREFIX = "trace_";

/**
 * Fill in and check the digests of receipts (docs/spec/core.md 4.5, step 5). A receipt of type `gait.trace` belongs
 * to an intent of the same run, so its digests follow from the records.
 *
 * @throws {GaitError} `invalid_input` when a digest is missing or contradicts the records
 */
export async function deriveTraceReceipts(
  refs: Refs,
  intentById: ReadonlyMap<string, Intent>,
  resultById: ReadonlyMap<string, Result>,
  hash: Hasher,
): Promise<Refs> {
  const receipts: Receipt[] = [];
  for (const receipt of refs.receipts) {
    receipts.push(
      isTraceReceipt(receipt)
        ? await derive(
          receipt,
          intentById.get(intentIdOf(receipt)),
          resultById.get(intentIdOf(receipt)),
          hash,
        )
        : checkGiven(receipt),
    );
  }
  return { ...refs, receipts };
}

/** Whether a receipt is for the gate's trace of an intent. */
export function isTraceReceipt(receipt: Receipt): boolean {
  return receipt.source_type.trim().toLowerCase() === "gait.trace" &&
    receipt.ref_id.trim().startsWith(PREFIX);
}

/** The ids of the intents that receipts are about: their records are needed for {@linkcode deriveTraceReceipts}. */
export function tracedIntents({ receipts }: Refs): ReadonlySet<string> {
  return new Set(receipts.filter(isTraceReceipt).map(intentIdOf));
}

/** The id of the intent that the receipt of a trace is for. */
export function intentIdOf(receipt: Receipt): string {
  return receipt.ref_id.trim().slice(PREFIX.length);
}

async function derive(
  receipt: Receipt,
  intent: Intent | undefined,
  result: Result | undefined,
  hash: Hasher,
): Promise<Receipt> {
  const what = `receipt "${receipt.ref_id}"`;
  if (!intent) throw invalidInput(`Cannot record ${what}: the run has no intent of that id`);
  if (!result) throw invalidInput(`Cannot record ${what}: its intent has no result`);
  const query = await digestOf({ args_digest: intent.args_digest, tool_name: intent.tool_name }, hash);
  return {
    ...receipt,
    query_digest: agreed(receipt.query_digest, query, what),
    content_digest: agreed(receipt.content_digest, result.result_digest, what),
  };
}

function agreed(given: string, expected: string, what: string): string {
  if (given.trim() === "") return expected;
  if (!equalHex(given.trim(), expected)) {
    throw invalidInput(`Cannot record ${what}: its digest contradicts the records`);
  }
  return given;
}

function checkGiven(receipt: Receipt): Receipt {
  if (receipt.query_digest === "" || receipt.content_digest === "") {
    throw invalidInput(
      `Cannot record receipt "${receipt.ref_id}": query_digest and content_digest are required`,
    );
  }
  return receipt;
}
