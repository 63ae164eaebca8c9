import { compareInstants, isZeroTime, timeOfMillis } from "../../../formats/time.ts";
import type { Credential } from "./answer.ts";

/** What a broker said, before what follows from it was filled in. */
export interface BrokerAnswer extends Credential {
  /** It said something of the times that can't be read. */
  readonly unreadable?: boolean;
}

/** Why a credential that was issued does not count. */
export type CredentialCode = "broker_credential_expired" | "broker_credential_times_invalid";

/** A clock that is off by less is none of our business. Milliseconds. */
const SKEW = 5 * 60_000;

/**
 * Whether a credential holds at this moment (docs/spec/tokens.md 6.5). One that says nothing of its end does: many
 * brokers can't tell it.
 *
 * @param now milliseconds since 1970, read after the broker answered
 */
export function credentialProblem(
  { unreadable, issuedAt, expiresAt }: BrokerAnswer,
  now: number,
): CredentialCode | undefined {
  if (unreadable) return "broker_credential_times_invalid";
  const ends = !isZeroTime(expiresAt);
  // A credential holds until its end, the end itself left out.
  if (ends && compareInstants(timeOfMillis(now), expiresAt) >= 0) return "broker_credential_expired";
  if (isZeroTime(issuedAt)) return undefined;
  if (compareInstants(issuedAt, timeOfMillis(now + SKEW)) > 0) return "broker_credential_times_invalid";
  return ends && compareInstants(expiresAt, issuedAt) <= 0 ? "broker_credential_times_invalid" : undefined;
}
