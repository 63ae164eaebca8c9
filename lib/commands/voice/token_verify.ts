import { GaitError, invalidInput } from "../../errors/mod.ts";
import { currencyOf } from "../../voice/commitment.ts";
import { MAX_TOKEN_BYTES } from "../../tokens/given_token.ts";
import { trim, trimLower } from "../../formats/text.ts";
import {
  checkSayToken,
  isFromFuture,
  type SayTokenCode,
  sayTokenTimes,
} from "../../voice/check_say_token.ts";
import { type GivenSayToken, readSayToken } from "../../voice/say_token.ts";
import { WHY_NOT_SPOKEN } from "../../voice/why_not_spoken.ts";
import { bool, defineCommand, demand, integer, path, required, text, trimmed } from "../define.ts";
import { keySources, verifyKeyFlags } from "../key_flags.ts";
import { namedKey } from "../named_key.ts";
import { compact, failure, success } from "../outcome.ts";
import { bindingOf, verifiedLines } from "./report.ts";

/** `gait voice token verify` (docs/spec/voice.md section 4). */
export default defineCommand({
  explain:
    "Verifies a say-token before the sentence is spoken: signature, lifetime and position in the call.",
  flags: {
    token: required(path("file", "the token")),
    ...verifyKeyFlags,
    "intent-digest": demand(text("digest", "expected digest of the commitment")),
    "policy-digest": demand(text("digest", "expected digest of the policy")),
    "call-id": demand(text("id", "expected call")),
    "turn-index": integer("n", "expected turn; -1 for any", { default: -1 }),
    "call-seq": integer("n", "expected sequence number; 0 for any", { default: 0 }),
    "commitment-class": demand(text("class", "expected class of the commitment")),
    "amount-cents": integer("n", "amount about to be spoken, which the token must cover; -1 for none", {
      default: -1,
    }),
    currency: demand(text("code", "expected currency")),
    strict: bool("refuse files that gait would write differently, and tokens from the future"),
    ledger: demand(path("folder", "accept every token once; used ones are recorded here")),
  },
  flagsFirst: true,
  needs: { read: true, write: true, env: true },
  errorFields: { operation: "verify" },
  examples: [
    "gait voice token verify --token say.json --public-key gait_public.key --call-id call-77 --turn-index 3 " +
    "--call-seq 9 --commitment-class refund --amount-cents 50000 --currency EUR --strict --ledger used_tokens",
  ],
  async run({ flags, effects }) {
    const amountCents = flags["amount-cents"];
    // A computed amount below zero must not mean that any amount is accepted.
    if (amountCents < -1) throw invalidInput(`Cannot use --amount-cents "${amountCents}": it is negative`);
    // The same of a place in the call (compatibility: the existing program takes any number below the first for none).
    if (flags.strict && (flags["turn-index"] < -1 || flags["call-seq"] < 0)) {
      const name = flags["call-seq"] < 0 ? "call-seq" : "turn-index";
      throw invalidInput(`Cannot use --${name} "${flags[name]}" with --strict: it is no place in a call`, {
        hint: `Give the place of the sentence, or leave --${name} out`,
      });
    }
    const path = flags.token;
    const key = await namedKey(keySources(flags), effects);
    const given = readSayToken(await effects.files.read(path, MAX_TOKEN_BYTES), `token "${path}"`);
    const times = sayTokenTimes(effects.now());
    const code = await checkSayToken(given, {
      intentDigest: flags["intent-digest"] && trimLower(flags["intent-digest"]),
      policyDigest: flags["policy-digest"] && trimLower(flags["policy-digest"]),
      callId: trimmed(flags["call-id"]),
      turnIndex: flags["turn-index"] >= 0 ? flags["turn-index"] : undefined,
      callSeq: flags["call-seq"] >= 1 ? flags["call-seq"] : undefined,
      commitmentClass: flags["commitment-class"] && trimLower(flags["commitment-class"]),
      amountCents: amountCents >= 0 ? amountCents : undefined,
      currency: flags.currency && currencyOf(trim(flags.currency)),
      ...times,
      strict: flags.strict,
      key,
    });
    if (code !== undefined) return refuse(path, given, code);
    if (flags.ledger !== undefined) {
      const { spendSayToken } = await import("../../voice/spend.ts");
      const late = await spendSayToken(effects.files, flags.ledger, given.token, effects.now);
      if (late !== undefined) return refuse(path, given, late);
    }
    const notes = [
      ...given.unknown.map((name) => `"${name}" is not covered by the signature and was ignored`),
      ...(isFromFuture(given.token, times.horizon)
        ? [`the token was created in the future (${given.token.created_at}): check the clocks`]
        : []),
    ];
    const { intent_digest, policy_digest } = given.written;
    return success({
      operation: "verify",
      ...written(path, given),
      intent_digest,
      policy_digest,
      binding: bindingOf(given.token),
      ...compact({ key_id: key.id, notes }),
    }, verifiedLines(path, given.token, notes));
  },
});

/** The identifying members of a token, as the file has them (docs/spec/voice.md 1.1). */
function written(path: string, { written }: GivenSayToken) {
  const { token_id, call_id, turn_index, call_seq, commitment_class } = written;
  return { token_path: path, ...compact({ token_id, call_id, call_seq, commitment_class }), turn_index };
}

function refuse(path: string, given: GivenSayToken, code: SayTokenCode) {
  const error = new GaitError("verification_failed", `Say-token is invalid: ${code}`, {
    hint: `Do not speak the sentence: ${WHY_NOT_SPOKEN[code]}`,
  });
  // The members of an invalid token are unverified.
  return failure(error, { operation: "verify", ...written(path, given), unverified: true, error_code: code });
}
