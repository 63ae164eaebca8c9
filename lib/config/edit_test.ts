import assert from "node:assert/strict";
import fc from "fast-check";
import { utf8 } from "../formats/bytes.ts";
import { setConfigKey } from "./edit.ts";
import { readLeniently } from "./lenient.ts";

const set = (text: string) => setConfigKey(text, "gate", "profile", "oss-prod");

Deno.test("setConfigKey() changes one line and keeps the others to the byte", async () => {
  for (
    const [before, after] of [
      ["", "gate:\n  profile: oss-prod\n"],
      ["# c\n", "# c\ngate:\n  profile: oss-prod\n"],
      ["other: 1", "other: 1\ngate:\n  profile: oss-prod\n"],
      ["gate:\n", "gate:\n  profile: oss-prod\n"],
      ["gate: # none\nother: 1\n", "gate: # none\n  profile: oss-prod\nother: 1\n"],
      ["gate:\n    # c\n    policy: p # x\n", "gate:\n    # c\n    profile: oss-prod\n    policy: p # x\n"],
      ["gate:\n  profile: standard # why\n  policy: p\n", "gate:\n  profile: oss-prod # why\n  policy: p\n"],
      ["gate:\n  profile:   'standard'\n", "gate:\n  profile:   oss-prod\n"],
      ['gate:\r\n  profile: "standard"\r\n', "gate:\r\n  profile: oss-prod\r\n"],
      ["gate: &g\n  policy: p\n", "gate: &g\n  profile: oss-prod\n  policy: p\n"],
      ["gate:\n  profile:\n  policy: p\n", "gate:\n  profile: oss-prod\n  policy: p\n"],
      ["gate:\n  profile: # none\n", "gate:\n  profile: oss-prod # none\n"],
      ["gate:\n  profile: oss-prod", "gate:\n  profile: oss-prod"],
    ] as const
  ) {
    assert.equal(await set(before), after, JSON.stringify(before));
    assert.equal((await readLeniently(utf8(after), "c")).defaults.gate.profile, "oss-prod");
  }
});

Deno.test("setConfigKey() leaves what is written in another way to its author", async () => {
  for (
    const text of [
      "{}",
      "gate: {profile: standard}",
      "gate: {}",
      "gate: ~",
      "gate: text",
      "gate:\n  profile: [a]\n",
      "gate:\n  profile: >\n    standard\n",
      "gate:\n  profile: &a standard\n",
      "gate:\n  profile: !!str standard\n",
      "x: &g {policy: p}\ngate: *g\n",
      "gate:\n  policy: p\n---\nother: 1\n",
      "[]",
      '"gate":\n  "profile": standard\n',
    ]
  ) {
    await assert.rejects(set(text), { code: "invalid_input" }, text);
  }
});

Deno.test("setConfigKey() gives what was asked for, or refuses", async () => {
  const line = fc.constantFrom(
    ...[
      "gate:",
      "  profile: standard",
      "  policy: p # c",
      "# c",
      "",
      "retention:",
      "  trace_ttl: 1h",
      "  profile:",
    ],
    ...["other: {a: b}", "  'profile': x", "   deep: y", "gate: {}", "---", "  - x"],
  );
  await fc.assert(fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
    const text = lines.join("\n");
    const changed = await set(text).catch((error) => error);
    if (changed instanceof Error) return assert.equal((changed as { code?: string }).code, "invalid_input");
    const { defaults } = await readLeniently(utf8(changed), "c").catch(() => ({ defaults: undefined }));
    if (defaults) assert.equal(defaults.gate.profile, "oss-prod", text);
  }));
});
