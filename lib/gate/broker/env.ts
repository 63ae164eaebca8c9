import type { Environment } from "../../effects/types.ts";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import { parseTime, type Rfc3339, toUtc, ZERO_TIME } from "../../formats/time.ts";
import { sha256 } from "../../signing/mod.ts";
import { trim } from "../../formats/text.ts";
import type { BrokerAnswer, BrokerRequest } from "./credential.ts";
import { trimChars } from "../../formats/trim.ts";

/**
 * A credential that stands in an environment variable already (docs/spec/tokens.md 6.2). Only a digest of it is told.
 *
 * @throws {GaitError} `invalid_input` when the variable is not set
 */
export async function envAnswer(
  { reference, toolName }: BrokerRequest,
  prefix: string,
  env: Environment,
): Promise<BrokerAnswer> {
  const variable = prefix + variableKey(reference || toolName);
  const read = (name: string) => /[=\0]/.test(name) ? "" : trim(env.get(name) ?? "");
  const secret = read(variable);
  if (secret === "") throw invalidInput(`Cannot issue a credential: "${variable}" is not set`);
  const issuedAt = timeOrAbsent(read(`${variable}_ISSUED_AT`));
  const expiresAt = timeOrAbsent(read(`${variable}_EXPIRES_AT`));
  const ttlSeconds = durationOrAbsent(read(`${variable}_TTL_SECONDS`));
  return {
    issuer: "env",
    ref: `env:${variable}:${(await sha256(utf8(secret))).slice(0, 16)}`,
    issuedAt: issuedAt ?? ZERO_TIME,
    expiresAt: expiresAt ?? ZERO_TIME,
    ttlSeconds: ttlSeconds ?? 0,
    // Whoever wrote a time meant one: a typing error must not make a credential hold for ever.
    unreadable: issuedAt === undefined || expiresAt === undefined || ttlSeconds === undefined,
  };
}

/** The part of a variable's name that a reference becomes. */
export function variableKey(name: string): string {
  const upper = [...trim(name)].map((char) => {
    const large = char.toUpperCase();
    return [...large].length === 1 ? large : char;
  }).join("");
  const plain = upper.replace(/[.-]/g, "_").replace(/[^A-Z0-9_]+/g, "_");
  const key = trimChars(plain, (unit) => unit === "_");
  return key === "" ? "DEFAULT" : key;
}

/** The zero time when there is none, nothing when it can't be read. */
function timeOrAbsent(text: string): Rfc3339 | undefined {
  if (text === "") return ZERO_TIME;
  try {
    return toUtc(parseTime(text));
  } catch (error) {
    if (error instanceof GaitError) return undefined;
    throw error;
  }
}

/** 0 when there is none, nothing unless it is a whole number of seconds above 0. */
function durationOrAbsent(text: string): number | undefined {
  if (text === "") return 0;
  const value = /^\+?[0-9]+$/.test(text) ? Number(text) : 0;
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
