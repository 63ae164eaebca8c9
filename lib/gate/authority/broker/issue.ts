import type { Intent } from "../../intent/types.ts";
import type { BrokerWorld, Credential, CredentialAsked } from "./answer.ts";
import { commandAnswer } from "./command.ts";
import type { Broker } from "./config.ts";
import { envAnswer } from "./env.ts";
import { requestOf } from "./request.ts";
import { completed } from "./response.ts";
import { stubAnswer } from "./stub.ts";

/**
 * Let a broker issue a credential.
 *
 * @throws whatever goes wrong; the caller must not show it
 */
export async function issue(
  broker: Exclude<Broker, { kind: "off" }>,
  intent: Intent,
  asked: CredentialAsked,
  world: BrokerWorld,
): Promise<Credential> {
  const request = requestOf(intent, asked);
  const now = world.now();
  switch (broker.kind) {
    case "stub":
      return completed(await stubAnswer(request, now), broker.kind, now);
    case "env":
      return completed(await envAnswer(request, broker.prefix, world.env), broker.kind, now);
    case "command":
      return completed(await commandAnswer(request, broker, world), broker.kind, now);
  }
}
