import type { ServerAnswer } from "../../effects/types.ts";
import { type ErrorCode, GaitError } from "../../errors/mod.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import type { IdentityOf } from "../../serve/client_tokens.ts";
import { headersOf, type Route } from "../../serve/guard.ts";
import { failed, json } from "../../serve/responses.ts";
import { readEvaluateRequest } from "./request.ts";
import type { ServedAnswer, Service } from "./service.ts";

/** The routes of `gait mcp serve` (docs/spec/mcp.md 6.1). */
export function routesOf(service: Service, identityOf?: IdentityOf): ReadonlyMap<string, Route> {
  const evaluate = (write: (answer: ServedAnswer) => ServerAnswer): Route => ({
    method: "POST",
    answer: async (body, request) => {
      try {
        const identity = await identityOf?.(headersOf(request, "authorization")[0]);
        return write(await service.evaluate(readEvaluateRequest(body), identity));
      } catch (error) {
        if (!(error instanceof GaitError)) throw error;
        return failed(STATUS_OF[error.code] ?? 400, error.message);
      }
    },
  });
  return new Map<string, Route>([
    ["/healthz", {
      method: "GET",
      open: true,
      answer: () => Promise.resolve(json(200, { ok: true, service: "gait.mcp.serve" })),
    }],
    ["/v1/evaluate", evaluate((answer) => json(answer.status, answer.json))],
    ["/v1/evaluate/sse", evaluate(eventStream)],
    ["/v1/evaluate/stream", evaluate(ndjson)],
  ]);
}

/** Errors whose cause is the server rather than the request. */
const STATUS_OF: Readonly<Partial<Record<ErrorCode, number>>> = {
  internal_failure: 500,
  io_failure: 500,
  state_contention: 503,
};

function ndjson(answer: ServedAnswer): ServerAnswer {
  const response = json(answer.status, answer.json);
  return { ...response, headers: { ...response.headers, "content-type": "application/x-ndjson" } };
}

function eventStream({ status, json: object }: ServedAnswer): ServerAnswer {
  return {
    status,
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
    },
    body: `event: evaluate\ndata: ${escaped(object)}\n\n`,
  };
}

/** JSON that can be embedded in HTML safely. */
function escaped(object: JsonObject): string {
  return JSON.stringify(object).replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll(
    "&",
    "\\u0026",
  );
}
