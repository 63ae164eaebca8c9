import type { ServerAnswer, ServerRequest } from "../../effects/types.ts";
import { isJsonObject, type JsonObject, readJsonObject } from "../../formats/json/mod.ts";
import type { LiveGate } from "../../gate/live_gate.ts";
import type { Route } from "../../serve/guard.ts";
import { json } from "../../serve/responses.ts";
import { NO_OBJECTION } from "./answer.ts";
import { answerEvent, type HookAnswer, type HookEffects, type HookPlaces } from "./answer_event.ts";
import { CONTRACTS } from "./clients.ts";

/** The agent that posts its events; the others only run commands. */
const CLIENT = "claude-code";

/** Where hooks are, and nothing else is. */
const HOOKS = "/v1/hooks";

/** The hook of Claude Code over HTTP (docs/spec/sdk.md 3.1), decided by the gate of the server. */
export function hookRoutes(
  live: Pick<LiveGate, "gate" | "policyDigest" | "decide">,
  places: Omit<HookPlaces, "onlySingleUse">,
  effects: HookEffects,
): ReadonlyMap<string, Route> {
  const gate = {
    profile: live.gate.profile,
    // The digest is read when the turn of the call has come, because the policy may change while it waits.
    decide: (call: Parameters<Awaited<ReturnType<Settings["openGate"]>>["decide"]>[0]) =>
      live.decide(() => call(live.policyDigest())),
  };
  const settings: Settings = {
    client: CLIENT,
    caller: { identity: CLIENT, riskClass: "high" },
    places: { ...places, onlySingleUse: true },
    openGate: () => Promise.resolve(gate),
  };
  const answer = async (body: Uint8Array): Promise<ServerAnswer> => {
    // deno-lint-ignore require-await -- an error must reject, so that it is answered
    const read = async () =>
      readJsonObject(body, { what: "event", duplicates: "refuse", numbers: "unchanged" });
    return json(200, answered(await answerEvent(read, settings, effects)));
  };
  return new Map([[`${HOOKS}/${CLIENT}`, { method: "POST", answer }]]);
}

type Settings = Parameters<typeof answerEvent>[1];

function answered({ event, reason }: HookAnswer): JsonObject {
  if (reason === undefined) return NO_OBJECTION;
  return event?.when === "after"
    ? { decision: "block", reason }
    : CONTRACTS[CLIENT].refusal(event?.name ?? CONTRACTS[CLIENT].before[0]!, reason);
}

/**
 * Make every answer of a server to a hook one that the agent understands.
 *
 * INVARIANT: the agent makes its call after any other status than 2xx, so a request for a hook that the server refuses,
 * for want of a token or a typing error in the address, is answered with 200 and a refusal of the call.
 */
export function refusingHooks(
  answer: (request: ServerRequest) => Promise<ServerAnswer>,
): (request: ServerRequest) => Promise<ServerAnswer> {
  return async (request) => {
    const given = await answer(request);
    if (given.status === 200 || !isForHook(request.target)) return given;
    const reason = `Gait: this call could not be decided, so it was not made: HTTP ${given.status}, ${
      errorOf(given.body)
    }.`;
    return { ...json(200, answered({ reason })), close: given.close ?? false };
  };
}

/** Whether a target could be meant for a hook: one too many is only refused in other words. */
function isForHook(target: string): boolean {
  try {
    return decodeURIComponent(target).toLowerCase().includes(HOOKS);
  } catch {
    return target.toLowerCase().includes(HOOKS);
  }
}

function errorOf(body: string): string {
  // Errors of this program are a JSON object, or plain text.
  const value: unknown = body.startsWith("{") ? JSON.parse(body) : undefined;
  return isJsonObject(value) && typeof value.error === "string" ? value.error : body.trim();
}
