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
 * Credentials and their validity. The secret itself is never handled here, only the reference that the broker gave
 * it, and its times (docs/spec/tokens.md section 6).
 */

/** A description of an issued credential, without the secret. */
export interface Credential {
  readonly issuer: string;
  /** Reference of the credential, e.g. a lease. */
  readonly ref: string;
  /** The zero time when unknown. */
  readonly issuedAt: Rfc3339;
  readonly expiresAt: Rfc3339;
  /** 0 when unknown. */
  readonly ttlSeconds: number;
}

/** The credential that a call needs. */
export interface CredentialDemand {
  readonly reference: string;
  readonly scope: readonly string[];
}

/** A credential that a broker issued. */
export interface IssuedCredential {
  readonly credential: Credential;
  readonly demand: CredentialDemand;
  /** Why it is invalid; absent when it is valid. */
  readonly code?: CredentialCode;
  /** Warnings about its times. */
  readonly notes: readonly string[];
}

/** The result of requesting a credential. A failure has no reason, because its text may have the secret. */
export type CredentialResult =
  | { readonly kind: "not_asked" }
  | { readonly kind: "no_broker" }
  | { readonly kind: "failed" }
  | ({ readonly kind: "issued" } & IssuedCredential);

/** The answer of a broker, before derived members are filled in. */
export interface BrokerAnswer extends Credential {
  /** Whether one of its times is malformed. */
  readonly unreadable?: boolean;
}

/** Why an issued credential is invalid. */
export type CredentialCode = "broker_credential_expired" | "broker_credential_times_invalid";

const SECOND = 1_000_000_000n;

/**
 * An answer with derived members filled in: the issuer, and the missing one of times and duration
 * (docs/spec/tokens.md section 6).
 *
 * @throws {GaitError} `invalid_input` when it has no reference
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

/** Tolerated clock skew in milliseconds. */
const SKEW = 5 * 60_000;

/**
 * Why a credential is invalid at this time, if it is (docs/spec/tokens.md 6.5). One without an end is valid, because
 * many brokers don't know it.
 *
 * @param now milliseconds since 1970, read after the broker answered
 */
export function credentialProblem(
  { unreadable, issuedAt, expiresAt }: BrokerAnswer,
  now: number,
): CredentialCode | undefined {
  if (unreadable) return "broker_credential_times_invalid";
  const ends = !isZeroTime(expiresAt);
  // A credential is valid until its end, exclusive.
  if (ends && compareInstants(timeOfMillis(now), expiresAt) >= 0) return "broker_credential_expired";
  if (isZeroTime(issuedAt)) return undefined;
  if (compareInstants(issuedAt, timeOfMillis(now + SKEW)) > 0) return "broker_credential_times_invalid";
  return ends && compareInstants(expiresAt, issuedAt) <= 0 ? "broker_credential_times_invalid" : undefined;
}

/** The warning about a credential that is invalid, or whose end is derived from a duration. */
export function credentialNote(
  code: CredentialCode,
  { issuedAt, expiresAt }: Credential,
  isDerived: boolean,
): string {
  if (code === "broker_credential_times_invalid") {
    return `the credential of the broker can't be valid (${timesOf(issuedAt, expiresAt)})`;
  }
  return isDerived
    ? `by its duration the credential of the broker expired at ${expiresAt}: have the broker return expires_at`
    : `the credential of the broker expired at ${expiresAt}: have it issue a fresh one`;
}

function timesOf(issuedAt: Rfc3339, expiresAt: Rfc3339): string {
  const times = [
    ...(isZeroTime(issuedAt) ? [] : [`issued ${issuedAt}`]),
    ...(isZeroTime(expiresAt) ? [] : [`expires ${expiresAt}`]),
  ];
  return times.length === 0 ? "its times are malformed" : `${times.join(", ")}: check times and clocks`;
}

/** The request to a broker (docs/spec/tokens.md section 6). */
export interface BrokerRequest {
  readonly toolName: string;
  readonly identity: string;
  readonly workspace: string;
  readonly sessionId: string;
  readonly requestId: string;
  readonly reference: string;
  /** In lower case and unique. */
  readonly scope: readonly string[];
}

/**
 * The request for a call.
 *
 * @throws {GaitError} `invalid_input` when the call has no tool name or no identity
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
    throw invalidInput("Cannot request a credential: the call has no tool name or no identity");
  }
  return request;
}
