import type { RefusedAnswer, ServerAnswer, ServerRequest } from "../../effects/types.ts";
import { type JsonObject, readJsonObject } from "../../formats/json/mod.ts";
import type { LiveGate } from "../../gate/live_gate.ts";
import type { IdentityOf } from "../../serve/client_tokens.ts";
import { headersOf, type Route } from "../../serve/guard.ts";
import { readRequestPath } from "../../serve/path.ts";
import { json, reasonIn } from "../../serve/responses.ts";
import { NO_OBJECTION } from "./answer.ts";
import {
  answerEvent,
  type HookAnswer,
  type HookEffects,
  type HookGate,
  type HookPlaces,
  type HookSettings,
} from "./answer_event.ts";
import { CONTRACTS } from "./clients.ts";

/** The agent that posts its events; the others only run commands. */
const CLIENT = "claude-code";

/** The path under which all hooks are. */
const HOOKS = "/v1/hooks";

/**
 * The hook of Claude Code over HTTP (docs/spec/sdk.md 3.1), decided by the gate of the server.
 *
 * @param identityOf the identity of the token that a request shows; without it every token could call as the hook
 */
export function hookRoutes(
  live: Pick<LiveGate, "gate" | "policyDigest" | "decide">,
  places: Omit<HookPlaces, "onlySingleUse">,
  effects: HookEffects,
  identityOf?: IdentityOf,
): ReadonlyMap<string, Route> {
  const gate: HookGate = {
    profile: live.gate.profile,
    // The digest is read when the turn of the call has come, because the policy may change while it waits.
    decide: (call) => live.decide(() => call(live.policyDigest())),
  };
  const answer: Route["answer"] = async (body, request) => {
    const identity = await identityOf?.(headersOf(request, "authorization")[0]) ?? CLIENT;
    const settings: HookSettings = {
      client: CLIENT,
      caller: { identity, riskClass: "high" },
      places: { ...places, onlySingleUse: true },
      openGate: () => Promise.resolve(gate),
    };
    // deno-lint-ignore require-await -- an error must reject, so that it is answered
    const read = async () =>
      readJsonObject(body, { what: "event", duplicates: "refuse", numbers: "unchanged" });
    return json(200, answered(await answerEvent(read, settings, effects)));
  };
  return new Map([[`${HOOKS}/${CLIENT}`, { method: "POST", answer }]]);
}

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
    if (!isForHook(request.target)) return await answer(request);
    const { parts, drain } = drainable(request.body);
    const given = await answer({ ...request, body: parts });
    if (given.status === 200) return given;
    // A client that still sends would see a broken connection in place of the refusal, and make the call. One that sends
    // slowly only delays its own call.
    await drain();
    return { ...refusalFor(given.status, reasonIn(given)), close: given.close ?? false };
  };
}

/** The same for what is refused below the handler of requests, as soon as it is known that it is for a hook. */
export const refusedHook: RefusedAnswer = ({ target }, { status, text }) =>
  isForHook(target) ? refusalFor(status, text) : undefined;

function refusalFor(status: number, why: string): ServerAnswer {
  const reason = `Gait: this call could not be decided, so it was not made: HTTP ${status}, ${why}.`;
  return json(200, answered({ reason }));
}

/** Paths that may be meant for a hook, with a typing error too; no other route looks like one. */
const HOOK_LIKE = /hook|claude/i;

/**
 * Whether a target could be meant for a hook. INVARIANT: never because of its query, which may hold what others wrote: a
 * refusal of `/v1/evaluate` that has the status 200 could be taken for an allow.
 */
function isForHook(target: string): boolean {
  const [raw = ""] = target.split("?", 1);
  const asked = readRequestPath(raw);
  const path = asked.kind === "path" ? asked.path : asked.kind === "moved" ? asked.location : raw;
  if (!path.includes("%")) return HOOK_LIKE.test(path);
  // A malformed path is not decoded by its reader.
  return HOOK_LIKE.test(
    path.replace(/%([4-7][0-9a-f])/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
  );
}

/** A body of which the rest can be read and dropped after its reader had enough. The time of a request bounds it. */
function drainable(body: ServerRequest["body"]) {
  const source = body[Symbol.asyncIterator]();
  const next = () => source.next();
  const parts: ServerRequest["body"] = { [Symbol.asyncIterator]: () => ({ next }) };
  const drain = async () => {
    try {
      while (!(await next()).done);
    } catch {
      // The client has disconnected: nobody reads the answer.
    }
  };
  return { parts, drain };
}
