import type { ServerAnswer } from "../../../effects/types.ts";

/** The answer to a request that reaches no server: a JSON-RPC error with a status. */
export function refusal(status: number, error: Uint8Array): ServerAnswer {
  return {
    status,
    headers: { "content-type": "application/json", "x-content-type-options": "nosniff" },
    body: new TextDecoder().decode(error),
  };
}
