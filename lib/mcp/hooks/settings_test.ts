import assert from "node:assert/strict";
import fc from "fast-check";
import { parseJsonc, plainValue } from "../../formats/jsonc.ts";
import { CONTRACTS, HOOK_CLIENTS, type HookClient } from "./clients.ts";
import { originalText, planHook, planRemoval, restored, type Settings } from "./settings.ts";

const settings = (text: string, client: HookClient = "claude-code"): Settings => ({
  what: "settings",
  text,
  client,
  contract: CONTRACTS[client],
});
const command = (client: HookClient, program = "/opt/gait/bin/gait") =>
  `${program} hook ${client} --policy /p.yaml || exit 2`;
// deno-lint-ignore no-explicit-any -- tests look into settings of many shapes
const valueOf = (text: string): any => plainValue(parseJsonc(text, "settings"));

Deno.test("the hook goes behind those of others, and comes out again byte by byte", () => {
  const text = `{
  // mine
  "permissions": {"allow": ["Read"]}, /* and theirs */
  "hooks": {
    "PreToolUse": [
      {"matcher": "Bash", "hooks": [{"type": "command", "command": "check.sh"}]}, // strict
    ],
    "Stop": [{"hooks": [{"type": "command", "command": "bye.sh"}]}],
  },
}
`;
  const { text: installed, added } = planHook(settings(text), command("claude-code"));
  assert.deepEqual(added.map(({ event }) => event), ["PreToolUse", "PostToolUse"]);
  const { hooks, permissions } = valueOf(installed);
  assert.deepEqual(permissions, { allow: ["Read"] });
  assert.deepEqual(hooks.PreToolUse.map((group: { matcher?: string }) => group.matcher), ["Bash", undefined]);
  assert.equal(hooks.PostToolUse.length, 1);
  assert.ok(installed.includes("// mine") && installed.includes("/* and theirs */"));
  assert.equal(planHook(settings(installed), command("claude-code")).text, installed);
  const removed = planRemoval(settings(installed));
  assert.equal(removed.removed.length, 2);
  assert.deepEqual(valueOf(removed.text), valueOf(text));
  assert.equal(restored(settings(installed), removed.text, text), text);
});

Deno.test("a hook of Gait from another place is replaced, one for another agent or of another program is not", () => {
  const first = planHook(settings("{}"), command("claude-code", "'/old place/gait'")).text;
  const second = planHook(settings(first), command("claude-code"));
  assert.deepEqual([second.removed.length, second.added.length], [2, 2]);
  assert.equal(valueOf(second.text).hooks.PreToolUse.length, 1);
  for (const program of ["gait", `'/it'\\''s/gait'`, '"C:\\\\a b\\\\gait.exe"', "/p/gait-online"]) {
    const ours = planHook(settings("{}"), `${program} hook claude-code --policy 'a;b' || exit 2`).text;
    assert.equal(planRemoval(settings(ours)).removed.length, 2, program);
  }
  for (
    const other of [
      "gait hook codex --policy p",
      "mygait hook claude-code",
      "gait-hook claude-code",
      "gait demo",
      "check.sh && gait hook claude-code --policy p || exit 2",
      "/opt/gait/bin/gait hook claude-code --policy p || exit 2; notify.sh",
      "gait hook claude-code --policy p | tee log",
      "gait hook claude-code --policy p\nnotify.sh",
      "'/opt/gait' hook claude-code --policy 'a;b' && notify.sh",
    ]
  ) {
    const text = JSON.stringify({
      hooks: { PreToolUse: [{ hooks: [{ type: "command", command: other }] }] },
    });
    assert.deepEqual(planRemoval(settings(text)).removed, [], other);
  }
});

Deno.test("a handler of Gait in a group of somebody else goes alone", () => {
  const text = JSON.stringify({
    hooks: {
      PreToolUse: [{ matcher: "Bash", hooks: [{ command: "a" }, { command: command("claude-code") }] }],
    },
  });
  const { text: left } = planRemoval(settings(text));
  assert.deepEqual(valueOf(left), {
    hooks: { PreToolUse: [{ matcher: "Bash", hooks: [{ command: "a" }] }] },
  });
});

Deno.test("settings with something else where hooks belong are refused", () => {
  for (const text of ["[]", '"x"', "{", '{"hooks": []}', '{"hooks": {"PreToolUse": {}}}', '{"a":1,"a":2}']) {
    assert.throws(() => planHook(settings(text), command("claude-code")), { code: "invalid_input" }, text);
  }
});

for (const client of HOOK_CLIENTS) {
  Deno.test(`any settings of ${client} come back as they were, and installing is idempotent`, () => {
    const { shape } = CONTRACTS[client];
    const handler = fc.record({ command: fc.string(), timeout: fc.nat() }, { requiredKeys: ["command"] });
    const entry: fc.Arbitrary<unknown> = shape === "handlers"
      ? handler
      : fc.record({ hooks: fc.array(handler) });
    const hooks = fc.dictionary(
      fc.constantFrom(...CONTRACTS[client].before, ...CONTRACTS[client].after, "stop"),
      fc.array(entry),
    );
    const members = fc.record({ hooks, other: fc.jsonValue() }, { requiredKeys: [] });
    fc.assert(fc.property(members, fc.constantFrom(0, 2, "\t"), (value, space) => {
      const text = JSON.stringify(value, null, space);
      const { text: installed } = planHook(settings(text, client), command(client));
      assert.equal(planHook(settings(installed, client), command(client)).text, installed);
      const removed = planRemoval(settings(installed, client));
      assert.equal(
        restored(settings(installed, client), removed.text, originalText(settings(text, client))),
        text,
      );
      const { hooks: found, ...others } = valueOf(installed);
      const { hooks: given, ...givenOthers } = JSON.parse(text);
      assert.deepEqual(others, givenOthers);
      for (const [event, entries] of Object.entries<unknown[]>(given ?? {})) {
        assert.deepEqual(found[event].slice(0, entries.length), entries);
      }
    }));
  });
}

Deno.test("a file that was made for the hook is gone after it, and nothing is kept of what was not there", () => {
  for (const client of HOOK_CLIENTS) {
    for (const before of ["", " \n"]) {
      const { text } = planHook(settings(before, client), command(client));
      assert.equal(originalText(settings(before, client)), undefined);
      // Put in again with other flags, and laid out by the agent in its own way.
      const again =
        planHook(settings(text, client), command(client).replace(" ||", " --risk-class low ||")).text;
      const laidOut = JSON.stringify(JSON.parse(again), null, 4);
      for (const installed of [text, again, laidOut]) {
        const now = settings(installed, client);
        assert.equal(originalText(now), undefined);
        assert.equal(restored(now, planRemoval(now).text, undefined), "");
        assert.equal(restored(now, planRemoval(now).text, ""), "");
      }
    }
  }
});

Deno.test("settings that say nothing, and a comment beside the hook, are the user's", () => {
  for (const client of HOOK_CLIENTS) {
    const nothing = JSON.stringify(CONTRACTS[client].newSettings);
    assert.equal(originalText(settings(nothing, client)), nothing);
    const { text } = planHook(settings("", client), command(client));
    const noted = settings(`// mine\n${text}`, client);
    assert.ok(originalText(noted)?.includes("// mine"));
    assert.ok(restored(noted, planRemoval(noted).text, undefined).includes("// mine"));
  }
});
