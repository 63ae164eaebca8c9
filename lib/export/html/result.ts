import { escapeControlsInJson } from "../../formats/controls.ts";
import { describeError, GaitError, messageOf } from "../../errors/mod.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { parsePublicKey } from "../../signing/mod.ts";
import { encodeIdentity, encodePackReport, packFields, type PackReport } from "../../pack/report.ts";
import { verifyPack } from "../../pack/verify.ts";

/** The outcome of a verification on the page. Only `verified` means that the reader's key signed the pack. */
export type PageOutcome = "verified" | "signer_unknown" | "not_signed" | "not_verified";

/** The result of a verification on the page. */
export interface PageResult {
  readonly outcome: PageOutcome;
  /** The output of `gait pack verify --json`, without the members that depend on its arguments. */
  readonly json: string;
  /** Absent when the pack, or the key, can't be read. */
  readonly report?: PackReport;
  /** Id of the reader's key. */
  readonly keyId?: string;
  readonly error?: GaitError;
}

/** The reader's options, equivalent to `--public-key <key>` and `--profile strict`. */
export interface ReaderDemands {
  /** Text of a public key; empty for none. */
  readonly keyText: string;
  readonly strict: boolean;
}

/**
 * Verify a pack as `gait pack verify` does.
 *
 * Never throws: a pack that can't be verified is reported as not verified, with the reason.
 */
export async function verifyForPage(
  bytes: Uint8Array<ArrayBuffer>,
  { keyText, strict }: ReaderDemands,
): Promise<PageResult> {
  try {
    const key = keyText.trim() === "" ? undefined : await parsePublicKey(keyText, "public key");
    // As for the command, strict requires a signature by the given key.
    const demanding = strict && key !== undefined;
    const report = await verifyPack(bytes, {
      ...(key ? { trusted: { source: "flag", key } } : {}),
      requireSignature: demanding,
      strict: demanding,
    });
    return {
      outcome: outcomeOf(report),
      json: sortedJson({
        ...packFields("verify"),
        ok: report.ok,
        ...encodeIdentity(report),
        verify: encodePackReport(report),
      }),
      report,
      ...(key ? { keyId: key.id } : {}),
    };
  } catch (thrown) {
    const error = thrown instanceof GaitError
      ? thrown
      : new GaitError("internal_failure", `Cannot verify: ${messageOf(thrown)}`);
    return {
      outcome: "not_verified",
      json: sortedJson({ ...describeError(error), ...packFields("verify"), ok: false }),
      error,
    };
  }
}

function outcomeOf({ ok, signature }: PackReport): PageOutcome {
  if (!ok) return "not_verified";
  switch (signature.status) {
    case "verified":
      return "verified";
    case "skipped":
      return "signer_unknown";
    case "missing":
      return "not_signed";
    case "failed":
      return "not_verified";
  }
}

/** Top-level members sorted, as the command prints them. */
function sortedJson(members: JsonObject): string {
  const sorted = Object.fromEntries(Object.keys(members).sort().map((name) => [name, members[name]]));
  return escapeControlsInJson(JSON.stringify(sorted));
}
