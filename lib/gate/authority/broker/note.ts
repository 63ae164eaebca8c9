import { isZeroTime, type Rfc3339 } from "../../../formats/time.ts";
import type { Credential } from "./answer.ts";
import type { CredentialCode } from "./validity.ts";

/** What people should know of a credential that does not hold, or whose end only follows from a duration. */
export function noteOf(
  code: CredentialCode,
  { issuedAt, expiresAt }: Credential,
  followsOnly: boolean,
): string {
  if (code === "broker_credential_times_invalid") {
    return `the credential that the broker gave can't be valid (${timesOf(issuedAt, expiresAt)})`;
  }
  return followsOnly
    ? `by its duration the credential that the broker gave ran out at ${expiresAt}: let it say expires_at`
    : `the credential that the broker gave ran out at ${expiresAt}: have the broker issue a fresh one`;
}

function timesOf(issuedAt: Rfc3339, expiresAt: Rfc3339): string {
  const told = [
    ...(isZeroTime(issuedAt) ? [] : [`issued ${issuedAt}`]),
    ...(isZeroTime(expiresAt) ? [] : [`expires ${expiresAt}`]),
  ];
  return told.length === 0 ? "none of its times can be read" : `${told.join(", ")}: check times and clocks`;
}
