import assert from "node:assert/strict";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import { utf8 } from "../../formats/bytes.ts";
import type { Files } from "../../effects/types.ts";
import type { HookClient } from "./clients.ts";
import { layersOf, switchedOff } from "./layers.ts";

const PLACES = { project: "/srv/p", home: "/home/ana", os: "linux" };

/** What turns off hooks of a client where one file holds these settings. */
async function offBy(client: HookClient, path: string, settings: unknown, ofManaged = false) {
  const files = memoryFiles() as unknown as Files;
  await files.makeFolder(path.slice(0, path.lastIndexOf("/")));
  await files.writeAtomic(path, utf8(JSON.stringify(settings)), { anywhere: true });
  return (await switchedOff(client, layersOf(client, PLACES), files, ofManaged))?.member;
}

Deno.test("switchedOff() looks at the settings of project, user and machine", async () => {
  for (
    const path of [
      "/srv/p/.claude/settings.json",
      "/srv/p/.claude/settings.local.json",
      "/home/ana/.claude/settings.json",
      "/etc/claude-code/managed-settings.json",
    ]
  ) {
    assert.equal(await offBy("claude-code", path, { disableAllHooks: true }), "disableAllHooks", path);
    assert.equal(await offBy("claude-code", path, {}), undefined, path);
  }
  assert.equal(
    await offBy("gemini-cli", "/etc/gemini-cli/settings.json", { hooksConfig: { enabled: false } }),
    "hooksConfig.enabled",
  );
  assert.equal(await offBy("cursor", "/home/ana/.cursor/hooks.json", { disableAllHooks: true }), undefined);
});

Deno.test("switchedOff() knows that hooks of the machine may be the only ones, and what turns them off", async () => {
  const managed = "/etc/claude-code/managed-settings.json";
  const only = { allowManagedHooksOnly: true };
  assert.equal(await offBy("claude-code", managed, only), "allowManagedHooksOnly");
  assert.equal(await offBy("claude-code", managed, only, true), undefined);
  assert.equal(await offBy("claude-code", "/home/ana/.claude/settings.json", only), undefined);
  const all = { disableAllHooks: true };
  assert.equal(await offBy("claude-code", managed, all, true), "disableAllHooks");
  assert.equal(await offBy("claude-code", "/home/ana/.claude/settings.json", all, true), undefined);
});
