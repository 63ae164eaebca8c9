import { invalidInput } from "../../errors/mod.ts";
import { trim, trimLower } from "../../formats/text.ts";
import {
  compareInstants,
  isZeroTime,
  type Rfc3339,
  timeAfter,
  timeOfMillis,
  toUtc,
} from "../../formats/time.ts";
import type { Intent } from "../../intent/types.ts";

/*
 * A credential, and whether it holds. The credential itself never passes here: what is kept is the name that the broker
 * gave it, and its times (docs/spec/tokens.md section 6).
 */

/** What a broker says of a credential that it issued; the credential itself never passes here. */
export interface Credential {
  readonly issuer: string;
  /** Names the credential, e.g. a lease. */
  readonly ref: string;
  /** The zero time when unknown. */
  readonly issuedAt: Rfc3339;
  readonly expiresAt: Rfc3339;
  /** 0 when unknown. */
  readonly ttlSeconds: number;
}

/** What a broker is asked for. */
export interface CredentialDemand {
  readonly reference: string;
  readonly scope: readonly string[];
}

/** A credential that a broker issued. */
export interface Issued {
  readonly credential: Credential;
  readonly demand: CredentialDemand;
  /** Why it does not count; nothing when it holds. */
  readonly code?: CredentialCode;
  /** What people should know of its times. */
  readonly notes: readonly string[];
}

/** What asking a broker led to. Why it failed is not told: the text may hold the secret. */
export type CredentialAnswer =
  | { readonly kind: "not_asked" }
  | { readonly kind: "no_broker" }
  | { readonly kind: "failed" }
  | ({ readonly kind: "issued" } & Issued);

/** What a broker said, before what follows from it was filled in. */
export interface BrokerAnswer extends Credential {
  /** It said something of the times that can't be read. */
  readonly unreadable?: boolean;
}

/** Why a credential that was issued does not count. */
export type CredentialCode = "broker_credential_expired" | "broker_credential_times_invalid";

const SECOND = 1_000_000_000n;

/**
 * An answer with what follows from it: issuer, and of times and duration the one that is missing
 * (docs/spec/tokens.md section 6).
 *
 * @throws {GaitError} `invalid_input` when it names no credential
 */
export function completeCredential(answer: Credential, brokerName: string, now: number): Credential {
  const ref = trim(answer.ref);
  if (ref === "") throw invalidInput("The broker names no credential");
  let issuedAt = toUtc(answer.issuedAt);
  let expiresAt = toUtc(answer.expiresAt);
  let { ttlSeconds } = answer;
  if (isZeroTime(issuedAt) && !isZeroTime(expiresAt)) issuedAt = timeOfMillis(now);
  const hasBoth = !isZeroTime(issuedAt) && !isZeroTime(expiresAt);
  if (hasBoth && ttlSeconds === 0 && compareInstants(expiresAt, issuedAt) > 0) {
    ttlSeconds = Math.floor((Date.parse(expiresAt) - Date.parse(issuedAt)) / 1000);
  } else if (ttlSeconds > 0 && !isZeroTime(issuedAt) && isZeroTime(expiresAt)) {
    expiresAt = timeAfter(Date.parse(issuedAt), BigInt(ttlSeconds) * SECOND);
  }
  return { issuer: trim(answer.issuer) || brokerName, ref, issuedAt, expiresAt, ttlSeconds };
}

/** A clock may be off by this much. Milliseconds. */
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

/** What people should know of a credential that does not hold, or whose end only follows from a duration. */
export function credentialNote(
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
  const times = [
    ...(isZeroTime(issuedAt) ? [] : [`issued ${issuedAt}`]),
    ...(isZeroTime(expiresAt) ? [] : [`expires ${expiresAt}`]),
  ];
  return times.length === 0 ? "none of its times can be read" : `${times.join(", ")}: check times and clocks`;
}

/** What a broker is told (docs/spec/tokens.md section 6). */
export interface BrokerRequest {
  readonly toolName: string;
  readonly identity: string;
  readonly workspace: string;
  readonly sessionId: string;
  readonly requestId: string;
  readonly reference: string;
  /** In lower case, without repetition. */
  readonly scope: readonly string[];
}

/**
 * The request for a call.
 *
 * @throws {GaitError} `invalid_input` when nobody can be named that the credential is for
 */
export function requestOf(
  { toolName, context }: Intent,
  { reference, scope }: CredentialDemand,
): BrokerRequest {
  const request = {
    toolName: trimLower(toolName),
    identity: trim(context.identity),
    workspace: trim(context.workspace),
    sessionId: trim(context.sessionId),
    requestId: trim(context.requestId),
    reference: trim(reference),
    scope: [...new Set(scope.map(trimLower))].filter((one) => one !== ""),
  };
  if (request.toolName === "" || request.identity === "") {
    throw invalidInput("Cannot ask for a credential: the call names no tool or no identity");
  }
  return request;
}
