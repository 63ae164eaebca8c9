import { invalidInput } from "../errors/mod.ts";
import { trim, trimLower } from "../formats/text.ts";
import { COMMITMENT_CLASSES } from "../schema/voice/layout.ts";
import type { KeyId, PublicKey } from "../signing/mod.ts";
import { checkSayToken, isFromFuture, type SayTokenCode, sayTokenTimes } from "../voice/check_say_token.ts";
import { currencyOf } from "../voice/commitment.ts";
import { readSayToken } from "../voice/say_token.ts";
import { spendSayToken } from "../voice/spend.ts";
import { checkBytes, checkOptions, type Shape } from "./arguments.ts";
import { libraryEffects } from "./effects.ts";
import { withLibraryErrors } from "./errors.ts";
import type { CommitmentClass } from "./speech.ts";

/** What a say-token has to be for. */
export interface VerifySayTokenOptions {
  /** The key that signs say-tokens. */
  readonly key: PublicKey;
  /** The call. */
  readonly callId: string;
  /** The turn of the conversation. */
  readonly turnIndex: number;
  /** The number of the sentence. */
  readonly callSeq: number;
  /** What the sentence is about. */
  readonly commitmentClass: CommitmentClass;
  /** The amount about to be spoken; a token without limits covers none. */
  readonly amountCents?: number;
  /** Its currency. */
  readonly currency?: string;
  /** Digest of the commitment. */
  readonly intentDigest?: string;
  /** Digest of the policy. */
  readonly policyDigest?: string;
  /** Also refuse files that gait would write differently, and tokens from the future. */
  readonly strict?: boolean;
  /** Accept every token once; used ones are recorded in this folder. Needs the permissions to read and to write. */
  readonly ledger?: string;
}

/** What was found about a say-token. */
export interface SayTokenReport {
  /** Whether the sentence may be spoken. */
  readonly ok: boolean;
  /** Why not. */
  readonly code?: SayTokenCode;
  /** Id in the token; unverified unless `ok`. */
  readonly tokenId: string;
  /** The key that the token was verified with. */
  readonly keyId: KeyId;
  /** Warnings for the user. */
  readonly notes: readonly string[];
}

const VERIFY: Shape<VerifySayTokenOptions> = {
  key: "public key",
  callId: "text",
  turnIndex: "number",
  callSeq: "number",
  commitmentClass: COMMITMENT_CLASSES,
  amountCents: "number",
  currency: "text",
  intentDigest: "text",
  policyDigest: "text",
  strict: "switch",
  ledger: "text",
};

const NEEDED = ["key", "callId", "turnIndex", "callSeq", "commitmentClass"] as const;

/**
 * Verify a say-token before its sentence is spoken: signature, lifetime, and that it is for this call, turn, sentence
 * and amount.
 *
 * @param bytes of the token's file
 * @throws {GaitError} `invalid_input` for what is no token, and for options that are missing
 */
export async function verifySayToken(
  bytes: Uint8Array,
  options: VerifySayTokenOptions,
): Promise<SayTokenReport> {
  checkBytes("say-token", bytes);
  checkOptions("options", options, VERIFY);
  for (const name of NEEDED) {
    if (options[name] === undefined) {
      throw invalidInput(`Missing "${name}" of options: a token that fits any sentence permits none`);
    }
  }
  const { key, amountCents, strict = false, ledger } = options;
  if (amountCents !== undefined && !(Number.isSafeInteger(amountCents) && amountCents >= 0)) {
    throw invalidInput(`Cannot use "amountCents" of options: ${amountCents} is no amount`);
  }
  return await withLibraryErrors(async () => {
    const given = readSayToken(bytes, "say-token");
    const { files, now } = libraryEffects();
    const times = sayTokenTimes(now());
    let code = await checkSayToken(given, {
      intentDigest: options.intentDigest === undefined ? undefined : trimLower(options.intentDigest),
      policyDigest: options.policyDigest === undefined ? undefined : trimLower(options.policyDigest),
      callId: trim(options.callId),
      turnIndex: options.turnIndex,
      callSeq: options.callSeq,
      commitmentClass: options.commitmentClass,
      amountCents,
      currency: options.currency === undefined ? undefined : currencyOf(trim(options.currency)),
      ...times,
      strict,
      key,
    });
    if (code === undefined && ledger !== undefined) {
      code = await spendSayToken(files, ledger, given.token, now);
    }
    return {
      ok: code === undefined,
      ...(code === undefined ? {} : { code }),
      tokenId: given.written.token_id,
      keyId: key.id,
      notes: [
        ...given.unknown.map((name) => `"${name}" is not covered by the signature and was ignored`),
        ...(isFromFuture(given.token, times.horizon)
          ? [`the token was created in the future (${given.token.created_at}): check the clocks`]
          : []),
      ],
    };
  });
}
