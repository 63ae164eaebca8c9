import { invalidInput } from "../../../errors/mod.ts";
import { compareInstants, isZeroTime, timeAfter, timeOfMillis, toUtc } from "../../../formats/time.ts";
import { trim } from "../../text.ts";
import type { Credential } from "./answer.ts";

const SECOND = 1_000_000_000n;

/**
 * An answer with what follows from it: issuer, and of times and duration the one that is missing
 * (spec/tokens.md section 6).
 *
 * @throws {GaitError} `invalid_input` when it names no credential
 */
export function completed(answer: Credential, brokerName: string, now: number): Credential {
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
