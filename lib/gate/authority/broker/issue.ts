import { isZeroTime } from "../../../formats/time.ts";
import type { Intent } from "../../intent/types.ts";
import type { BrokerWorld, CredentialAsked, Issued } from "./answer.ts";
import { commandAnswer } from "./command.ts";
import type { Broker } from "./config.ts";
import { envAnswer } from "./env.ts";
import { noteOf } from "./note.ts";
import { type BrokerRequest, requestOf } from "./request.ts";
import { completed } from "./response.ts";
import { stubAnswer } from "./stub.ts";
import { type BrokerAnswer, credentialProblem } from "./validity.ts";

type Asked = Exclude<Broker, { kind: "off" }>;

/**
 * Let a broker issue a credential, and look whether it holds.
 *
 * @param strict an end that only follows from a duration counts as well, whoever answers
 * @throws whatever goes wrong; the caller must not show it
 */
export async function issue(
  broker: Asked,
  intent: Intent,
  asked: CredentialAsked,
  world: BrokerWorld,
  strict: boolean,
): Promise<Issued> {
  const answer = await answerOf(broker, requestOf(intent, asked), world);
  const now = world.now(); // a broker may take seconds to answer
  const credential = completed(answer, broker.kind, now);
  const code = credentialProblem({ ...answer, ...credential }, now);
  // The duration of a command may be that of a lease that was renewed since, so alone it proves no end.
  const followsOnly = isZeroTime(answer.expiresAt) && broker.kind === "command" && !strict;
  const notes = code === undefined ? [] : [noteOf(code, credential, followsOnly)];
  const refused = code !== undefined && !(code === "broker_credential_expired" && followsOnly);
  return { credential, asked, notes, ...(refused ? { code } : {}) };
}

async function answerOf(broker: Asked, request: BrokerRequest, world: BrokerWorld): Promise<BrokerAnswer> {
  switch (broker.kind) {
    case "stub":
      return await stubAnswer(request, world.now());
    case "env":
      return await envAnswer(request, broker.prefix, world.env);
    case "command":
      return await commandAnswer(request, broker, world);
  }
}
