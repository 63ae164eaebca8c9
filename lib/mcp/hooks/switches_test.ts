import assert from "node:assert/strict";
import { CONTRACTS, type HookClient } from "./clients.ts";
import { demandHooksOn } from "./switches.ts";

const demand = (client: HookClient, settings: unknown) =>
  demandHooksOn(JSON.stringify(settings), "settings", CONTRACTS[client]);

Deno.test("demandHooksOn() refuses settings with which the hook would never run", () => {
  const off: [HookClient, unknown][] = [
    ["claude-code", { disableAllHooks: true, hooks: {} }],
    ["gemini-cli", { hooksConfig: { enabled: false } }],
    ["gemini-cli", { hooksConfig: { disabled: ["lint", "gait"] } }],
    ["gemini-cli", { hooksConfig: { disabled: ["/opt/bin/gait hook gemini-cli"] } }],
    ["gemini-cli", { hooks: { enabled: false } }],
    ["gemini-cli", { hooks: { disabled: ["gait"] } }],
    ["gemini-cli", { tools: { enableHooks: false } }],
  ];
  for (const [client, settings] of off) {
    assert.throws(() => demand(client, settings), { code: "invalid_input" }, JSON.stringify(settings));
  }
  demandHooksOn("", "settings", CONTRACTS["claude-code"]);
  demand("claude-code", { disableAllHooks: false });
  demand("claude-code", { disableAllHooks: { toString: null } });
  demand("gemini-cli", { hooksConfig: { enabled: true, disabled: ["lint"] }, disableAllHooks: true });
  demand("cursor", { version: 1 });
});
