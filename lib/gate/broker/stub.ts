import { utf8 } from "../../formats/bytes.ts";
import { timeAfter, timeOfMillis } from "../../formats/time.ts";
import { sha256 } from "../../signing/mod.ts";
import type { Credential } from "./credential.ts";
import type { BrokerRequest } from "./request.ts";

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
