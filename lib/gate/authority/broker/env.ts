import type { Environment } from "../../../effects/types.ts";
import { GaitError, invalidInput } from "../../../errors/mod.ts";
import { utf8 } from "../../../formats/bytes.ts";
import { parseTime, type Rfc3339, ZERO_TIME } from "../../../formats/time.ts";
import { sha256 } from "../../../signing/mod.ts";
import { trim } from "../../text.ts";
import type { Credential } from "./answer.ts";
import type { BrokerRequest } from "./request.ts";
import { trimChars } from "../../../formats/trim.ts";

/**
 * A credential that stands in an environment variable already (spec/tokens.md 6.2). Only a digest of it is told.
 *
 * @throws {GaitError} `invalid_input` when the variable is not set
 */
export async function envAnswer(
  { reference, toolName }: BrokerRequest,
  prefix: string,
  env: Environment,
): Promise<Credential> {
  const variable = prefix + variableKey(reference || toolName);
  const read = (name: string) => /[=\0]/.test(name) ? "" : trim(env.get(name) ?? "");
  const secret = read(variable);
  if (secret === "") throw invalidInput(`Cannot issue a credential: "${variable}" is not set`);
  return {
    issuer: "env",
    ref: `env:${variable}:${(await sha256(utf8(secret))).slice(0, 16)}`,
    issuedAt: timeOrNone(read(`${variable}_ISSUED_AT`)),
    expiresAt: timeOrNone(read(`${variable}_EXPIRES_AT`)),
    ttlSeconds: positiveOrNone(read(`${variable}_TTL_SECONDS`)),
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

function timeOrNone(text: string): Rfc3339 {
  try {
    return parseTime(text);
  } catch (error) {
    if (error instanceof GaitError) return ZERO_TIME;
    throw error;
  }
}

function positiveOrNone(text: string): number {
  const value = /^\+?[0-9]+$/.test(text) ? Number(text) : 0;
  return Number.isSafeInteger(value) ? value : 0;
}
