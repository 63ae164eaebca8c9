import assert from "node:assert/strict";
import { parsePolicy } from "../../../policy/parse.ts";
import { utf8 } from "../../../formats/bytes.ts";
import { couldPass } from "./could_pass.ts";

const could = async (text: string) => couldPass((await parsePolicy(utf8(text), "p.yaml")).policy, "mcp.s.a");

Deno.test("couldPass() hides only what is surely blocked", async () => {
  const rule = (effect: string, match: string, priority = 1) =>
    `  - { name: r${priority}, priority: ${priority}, effect: ${effect}, match: { ${match} } }\n`;
  const a = "tool_names: [mcp.s.a]";
  assert.equal(await could("default_verdict: allow\n"), true);
  assert.equal(
    await could("default_verdict: block\nrules:\n" + rule("allow", "tool_names: [mcp.s.b]")),
    false,
  );
  assert.equal(await could("default_verdict: block\nrules:\n" + rule("require_approval", a)), true);
  assert.equal(await could("default_verdict: block\nrules:\n" + rule("dry_run", a)), false);
  assert.equal(await could("default_verdict: allow\nrules:\n" + rule("block", a)), false);
  assert.equal(
    await could("default_verdict: allow\nrules:\n" + rule("block", `${a}, identities: [x]`)),
    true,
  );
  const both = rule("block", a, 1) + rule("allow", a, 2);
  assert.equal(await could("default_verdict: block\nrules:\n" + both), false);
  const reversed = rule("allow", `${a}, identities: [x]`, 1) + rule("block", a, 2);
  assert.equal(await could("default_verdict: block\nrules:\n" + reversed), true);
});
