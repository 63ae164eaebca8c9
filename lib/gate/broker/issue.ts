import {
  isZeroTime,
  parseTime,
  type Rfc3339,
  timeAfter,
  timeOfMillis,
  toUtc,
  ZERO_TIME,
} from "../../formats/time.ts";
import type { Intent } from "../../intent/types.ts";
import { commandAnswer } from "./command.ts";
import type { Broker, BrokerEffects } from "./config.ts";
import {
  type BrokerAnswer,
  type BrokerRequest,
  completeCredential,
  type Credential,
  type CredentialDemand,
  credentialNote,
  credentialProblem,
  type IssuedCredential,
  requestOf,
} from "./credential.ts";
import { utf8 } from "../../formats/bytes.ts";
import { sha256 } from "../../signing/mod.ts";
import type { Environment } from "../../effects/types.ts";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import { trim } from "../../formats/text.ts";
import { trimChars } from "../../formats/trim.ts";

/** A configured broker. */
type ActiveBroker = Exclude<Broker, { kind: "off" }>;

/**
 * Let a broker issue a credential, and check whether it is valid.
 *
 * @param strict an end that is derived from a duration counts for every broker
 * @throws any error; the caller must not show it, because it may have the secret
 */
export async function issue(
  broker: ActiveBroker,
  intent: Intent,
  demand: CredentialDemand,
  effects: BrokerEffects,
  strict: boolean,
): Promise<IssuedCredential> {
  const answer = await answerOf(broker, requestOf(intent, demand), effects);
  const now = effects.now(); // the broker may have taken seconds
  const credential = completeCredential(answer, broker.kind, now);
  const code = credentialProblem({ ...answer, ...credential }, now);
  // A command may report the duration of a lease that was renewed since, so a derived end alone proves no expiry.
  const isDerived = isZeroTime(answer.expiresAt) && broker.kind === "command" && !strict;
  const notes = code === undefined ? [] : [credentialNote(code, credential, isDerived)];
  const refused = code !== undefined && !(code === "broker_credential_expired" && isDerived);
  return { credential, demand, notes, ...(refused ? { code } : {}) };
}

async function answerOf(
  broker: ActiveBroker,
  request: BrokerRequest,
  effects: BrokerEffects,
): Promise<BrokerAnswer> {
  switch (broker.kind) {
    case "stub":
      return await stubAnswer(request, effects.now());
    case "env":
      return await envAnswer(request, broker.prefix, effects.env);
    case "command":
      return await commandAnswer(request, broker, effects);
  }
}

/** Five minutes. */
const TTL_SECONDS = 300;

/** A reference derived from the request, to try a policy without a broker (docs/spec/tokens.md 6.1). */
export async function stubAnswer(request: BrokerRequest, now: number): Promise<Credential> {
  const { toolName, identity, workspace, sessionId, requestId, reference, scope } = request;
  const text = [toolName, identity, workspace, sessionId, requestId, reference, scope.join(",")].join("|");
  return {
    issuer: "stub",
    ref: `stub:${(await sha256(utf8(text))).slice(0, 24)}`,
    issuedAt: timeOfMillis(now),
    expiresAt: timeAfter(now, BigInt(TTL_SECONDS) * 1_000_000_000n),
    ttlSeconds: TTL_SECONDS,
  };
}

/**
 * A credential in an environment variable (docs/spec/tokens.md 6.2). Only a digest of it is kept.
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
    // A mistyped time must not make a credential valid for ever.
    unreadable: issuedAt === undefined || expiresAt === undefined || ttlSeconds === undefined,
  };
}

/** A reference as a part of a variable name. */
export function variableKey(name: string): string {
  const upper = [...trim(name)].map((char) => {
    const large = char.toUpperCase();
    return [...large].length === 1 ? large : char;
  }).join("");
  const plain = upper.replace(/[.-]/g, "_").replace(/[^A-Z0-9_]+/g, "_");
  const key = trimChars(plain, (unit) => unit === "_");
  return key === "" ? "DEFAULT" : key;
}

/** The zero time for an empty text, `undefined` for an invalid one. */
function timeOrAbsent(text: string): Rfc3339 | undefined {
  if (text === "") return ZERO_TIME;
  try {
    return toUtc(parseTime(text));
  } catch (error) {
    if (error instanceof GaitError) return undefined;
    throw error;
  }
}

/** 0 for an empty text, `undefined` unless it is a whole number of seconds above 0. */
function durationOrAbsent(text: string): number | undefined {
  if (text === "") return 0;
  const value = /^\+?[0-9]+$/.test(text) ? Number(text) : 0;
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
