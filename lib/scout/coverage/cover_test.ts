import assert from "node:assert/strict";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import type { Item } from "../inventory.ts";
import { coverTools } from "./cover.ts";
import { coverageFindings } from "./findings.ts";
import { readPlacedPolicies } from "./placed_policy.ts";

const item = (name: string, more: Partial<Item> = {}): Item => ({
  id: `tool:x:${name}`,
  kind: "tool",
  name,
  locator: "a.py",
  risk: "low",
  tags: [],
  line: 7,
  ...more,
});
const server = (name: string) => item(name, { id: `mcp_server:${name}`, kind: "mcp_server" });

async function cover(policy: string, ...items: Item[]) {
  return coverTools(items, await readPlacedPolicies(memoryFiles({ "p.yaml": policy }), ["p.yaml", "p.yaml"]));
}

const RULE = "rules:\n- {name: r, effect: block, match: {";

Deno.test("coverTools() tells named tools from those that a rule may match, must match, or can't", async () => {
  const rows = [
    [`${RULE}tool_names: [LOOK]}}`, "named"],
    [`${RULE}tool_names: [other]}}`, "uncovered"],
    [`${RULE}tool_names: [other]}}\n- {name: s, effect: allow}`, "any_tool"],
    [`${RULE}identities: [bot]}}`, "conditional"],
    [`${RULE}tool_annotations: {readOnlyHint: true}}}`, "conditional"],
    ["default_verdict: block", "uncovered"],
  ] as const;
  for (const [policy, expected] of rows) {
    assert.equal((await cover(policy, item(" Look"))).tools[0]!.cover, expected, policy);
  }
});

Deno.test("coverTools() knows names that are tools of a server that was found", async () => {
  const names = ["mcp__gh__create_issue", "gh.list", "gh/list", "gh:list", "gh__list", "gh"];
  for (const name of names) {
    const { servers, idleRules } = await cover(
      `${RULE}tool_names: ["${name}"]}}`,
      server("GH"),
      server("other"),
    );
    assert.deepEqual([servers.map(({ named }) => named), idleRules.length], [[true, false], 0], name);
  }
  for (const name of ["ghost.list", "mcp__ghost__x", "x.gh"]) {
    const { servers, idleRules } = await cover(`${RULE}tool_names: ["${name}"]}}`, server("gh"));
    assert.deepEqual([servers[0]!.named, idleRules.length], [false, 1], name);
  }
});

Deno.test("coverageFindings() weighs by risk and default verdict, and names the line of tool and rule", async () => {
  const of = async (policy: string, ...items: Item[]) =>
    coverageFindings(await cover(policy, ...items)).map(({ id, level, path, line }) =>
      `${path}:${line} ${level} ${id}`
    );
  const risky = item("drop", { risk: "critical" });
  assert.deepEqual(await of("default_verdict: allow", risky, item("look")), [
    "a.py:7 error tool-not-covered",
    "a.py:7 warning tool-not-covered",
  ]);
  assert.deepEqual(await of("default_verdict: block", risky, item("look"), server("gh")), [
    "a.py:7 warning tool-not-covered",
    "a.py:7 note tool-not-covered",
    "a.py:7 note server-not-named",
  ]);
  const rules = "rules:\n- {name: b, priority: 9, effect: block, match: {tool_names: [x, look]}}\n" +
    "- {name: a, priority: 1, effect: block, match: {tool_names: [x, y]}}\n";
  assert.deepEqual(await of(rules, item("look")), [
    "p.yaml:3 warning rule-without-tool",
    "p.yaml:2 note name-without-tool",
  ]);
});
