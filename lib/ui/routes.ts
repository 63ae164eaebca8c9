import type { ServerAnswer } from "../effects/types.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { failed, json } from "../serve/responses.ts";
import type { UiContext } from "./context.ts";
import { commandRunner, exec } from "./exec.ts";
import type { UiRoute } from "./guard.ts";
import type { UiTokens } from "./token.ts";
import { workspaceState } from "./workspace_state.ts";

/** The routes of the page's API, by path. */
export function uiRoutes(context: UiContext, tokens: UiTokens): ReadonlyMap<string, UiRoute> {
  const { effects, options, version } = context;
  const runner = commandRunner(effects);
  return new Map<string, UiRoute>([
    ["/api/health", get(() => ({ ok: true, service: "gait.ui" }), { open: true })],
    ["/api/state", get(() => workspaceState(effects.files), { open: true })],
    ["/api/exec", { method: "POST", open: true, answer: (body) => exec(body, runner) }],
    ["/api/session", {
      method: "POST",
      checksItself: true,
      answer: async (_body, authorization) => await openSession(tokens, authorization),
    }],
    ["/api/about", get(() => ({ ok: true, version, read_only: options.readOnly }))],
  ]);
}

function get(answer: () => JsonObject | Promise<JsonObject>, more: { readonly open?: true } = {}): UiRoute {
  return { method: "GET", ...more, answer: async () => json(200, await answer()) };
}

/** Exchange the code of the page's address for the token. */
async function openSession(tokens: UiTokens, authorization: string | undefined): Promise<ServerAnswer> {
  const token = await tokens.redeem(authorization);
  if (token !== undefined) return json(200, { ok: true, token });
  return { ...failed(401, "This link was used already, or is not of this server"), close: true };
}
