import type { SayTokenCode } from "./check_say_token.ts";

/** Why a sentence must not be spoken with a token, in words for people (docs/contracts/voice.md). */
export const WHY_NOT_SPOKEN: Readonly<Record<SayTokenCode, string>> = {
  say_token_invalid: "a member is missing or out of its set",
  say_token_signature_missing: "it is not signed",
  say_token_signature_invalid: "not signed with this key, or changed afterwards",
  say_token_intent_mismatch: "it is for another commitment than --intent-digest",
  say_token_policy_mismatch: "it was minted under another policy than --policy-digest",
  say_token_call_binding_mismatch: "it is for another --call-id, --turn-index or --call-seq",
  say_token_class_mismatch: "it is for another --commitment-class",
  say_token_expired: "it has expired: mint another one",
  say_token_amount_mismatch: "it does not cover this --amount-cents and --currency",
  say_token_not_exact: "the file is not, byte for byte, what gait writes",
  say_token_from_future: "made more than five minutes after now: check the clocks of both machines",
  say_token_replayed: "it was used before: mint another one",
};
