import { isZeroTime, timeAfter, timeOfMillis } from "../../formats/time.ts";
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
  type Issued,
  requestOf,
} from "./credential.ts";
import { envAnswer } from "./env.ts";
import { utf8 } from "../../formats/bytes.ts";
import { sha256 } from "../../signing/mod.ts";

/** A broker that can be asked. */
type ActiveBroker = Exclude<Broker, { kind: "off" }>;

/**
 * Let a broker issue a credential, and look whether it holds.
 *
 * @param strict an end that only follows from a duration counts as well, whoever answers
 * @throws whatever goes wrong; the caller must not show it
 */
export async function issue(
  broker: ActiveBroker,
  intent: Intent,
  demand: CredentialDemand,
  effects: BrokerEffects,
  strict: boolean,
): Promise<Issued> {
  const answer = await answerOf(broker, requestOf(intent, demand), effects);
  const now = effects.now(); // a broker may take seconds to answer
  const credential = completeCredential(answer, broker.kind, now);
  const code = credentialProblem({ ...answer, ...credential }, now);
  // The duration of a command may be that of a lease that was renewed since, so alone it proves no end.
  const followsOnly = isZeroTime(answer.expiresAt) && broker.kind === "command" && !strict;
  const notes = code === undefined ? [] : [credentialNote(code, credential, followsOnly)];
  const refused = code !== undefined && !(code === "broker_credential_expired" && followsOnly);
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

/** A reference made of the request alone, to try a policy without a broker (docs/spec/tokens.md 6.1). */
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
