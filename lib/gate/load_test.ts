import assert from "node:assert/strict";
import { fakeEffects } from "../../tests/support/fake_effects.ts";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { loadGate } from "./load.ts";
import type { GateOptions } from "./options.ts";

const load = (options: Partial<GateOptions>) =>
  loadGate(
    { policy: "policy.yaml", ...options },
    fakeEffects({ files: memoryFiles({ "policy.yaml": "default_verdict: block" }) }),
    "1",
  );

Deno.test("loadGate() names an unusable option by its path", async () => {
  const twice = { file: "a.key", env: "A" };
  for (
    const [options, ...named] of [
      [{ keys: { mode: "prod", signing: twice } }, "keys.signing.file", "keys.signing.env"],
      [{ keys: { mode: "prod" } }, "keys.signing.file"],
      [{ keys: { approval: twice } }, "keys.approval.file", "keys.approval.env"],
      [{ keys: { approval: { privateFile: "a", privateEnv: "A" } } }, "keys.approval.privateFile"],
      [{ keys: { delegation: twice } }, "keys.delegation.file"],
      [{ keys: { approvedScripts: twice }, approvedScriptRegistry: "r" }, "keys.approvedScripts.file"],
      [{ approvals: { maxTtl: "0s" } }, "approvals.maxTtl"],
      [{ broker: { kind: "command" } }, "broker.command"],
      [{ profile: "oss-prod" }, "keys.mode"],
    ] as readonly (readonly [Partial<GateOptions>, ...string[]])[]
  ) {
    await assert.rejects(load(options), ({ code, message, hint }) => {
      assert.equal(code, "invalid_input", message);
      for (const name of named) assert.ok(`${message} ${hint}`.includes(name), `${message} ${hint}`);
      return true;
    });
  }
});

Deno.test("loadGate() treats an empty source as unreadable, never as absent", async () => {
  for (
    const options of [
      { keys: { approval: { file: "" } } },
      { keys: { approval: { env: "" } } },
      { keys: { mode: "prod" as const, signing: { file: "" } } },
    ]
  ) await assert.rejects(load(options), { code: "invalid_input" });
});
