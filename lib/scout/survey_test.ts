import assert from "node:assert/strict";
import fc from "fast-check";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import type { FolderEntry } from "../effects/mod.ts";
import { GaitError, invalidInput } from "../errors/mod.ts";
import { parseYaml } from "../formats/yaml/parse.ts";
import { parsePolicy } from "../policy/parse.ts";
import { candidateTools, categoryOf, concludeSurvey } from "./signals.ts";
import { composePolicy } from "./compose.ts";
import { findGaps } from "./findings.ts";
import { MAX_ENTRIES, MAX_SOURCE_BYTES, surveyFolder } from "./survey.ts";

Deno.test("surveyFolder() reads the tools that MCP configurations list", async () => {
  const files = memoryFiles({
    ".mcp.json":
      '{"mcpServers": {"shop": {"command": "x", "autoApprove": ["refund_order", "*"], "args": ["save_x"]}}}',
    "conf/mcp.yaml":
      "servers:\n  - name: save_server\n    tools:\n      - {name: delete_user}\n      - update_user\n",
    "mcp-tags.yml": "!custom\ntools: [drop_all]\n",
  });
  assert.deepEqual((await surveyFolder(files)).toolNames, [
    "delete_user",
    "drop_all",
    "refund_order",
    "update_user",
  ]);
});

Deno.test("candidateTools() takes names that say they change something, and all with a dot", () => {
  const given = [
    "Update_Order",
    "update_order",
    "lookup",
    "_delete_x",
    "DELETE_ALL",
    "fs.read",
    "submit_form",
    "reset",
  ];
  assert.deepEqual(candidateTools(given), ["fs.read", "reset", "update_order"]);
  const long = (length: number) => "save_".padEnd(length, "x");
  assert.deepEqual(candidateTools([long(48), long(49)]), [long(48)]);
});

Deno.test("categoryOf() asks for destruction first, then money, data and change", () => {
  const rows = [["drop_payment", "destructive"], ["refund_sql", "payment"], ["update_db", "data_store"]];
  for (const [name, category] of [...rows, ["form.submit", "state_change"], ["fs.read", undefined]]) {
    assert.equal(categoryOf(name!), category, name);
  }
});

Deno.test("concludeSurvey() gives signals in a fixed order and cuts suggestions to size", () => {
  const tools = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((i) => [`delete_${i}`, `save_${i}`, `x.${i}`]);
  const survey = concludeSurvey(["openai_agents", "langchain", "langchain"], [
    ...tools,
    "charge_1",
    "sql_1",
    "look",
  ]);
  assert.deepEqual(survey.signals.map((signal) => signal.code), [
    "framework.langchain",
    "framework.openai_agents",
    "tool.destructive",
    "tool.state_change",
    "tool.payment",
    "tool.data_store",
  ]);
  assert.equal(survey.signals[2]!.evidence.length, 9);
  assert.deepEqual(survey.generatedRules.map((rule) => rule.matchToolNames), [
    ["delete_1", "delete_2", "delete_3", "delete_4", "delete_5", "delete_6"],
    ["charge_1", "save_1", "save_2", "save_3", "save_4", "save_5", "save_6", "save_7"],
  ]);
  assert.deepEqual(survey.unknownSignals.map((signal) => signal.evidence.length), [8]);
  assert.ok(survey.toolNames.includes("look") && !survey.candidates.includes("look"));
  const nothing = concludeSurvey([], []);
  assert.deepEqual([nothing.signals, nothing.generatedRules, nothing.unknownSignals], [[], [], []]);
});

Deno.test("surveyFolder() reads Python files below a folder, but not in folders of others", async () => {
  const tool = (name: string) => `@tool\ndef ${name}(): pass\n`;
  const files = memoryFiles({
    "a.py": tool("save_a"),
    "src/deep/b.py": tool("save_b"),
    "src/c.txt": tool("save_c"),
    "node_modules/d.py": tool("save_d"),
    "src/__pycache__/e.py": tool("save_e"),
    "src/.git/f.py": tool("save_f"),
    ".beads/g.py": tool("save_g"),
    "lib/plain.py": "def h(): pass\n",
    "conf/MCP.json": "{}",
    "other.json": "{broken",
  });
  const survey = await surveyFolder(files);
  assert.deepEqual(survey.toolNames, ["save_a", "save_b"]);
  assert.deepEqual(survey.frameworks, ["langchain"]);
});

Deno.test("surveyFolder() takes the name of a Python file without functions for a tool, where it uses a framework", async () => {
  const files = memoryFiles({
    "helper_agent.py": 'from agents import Agent\nagent = Agent(name="refund_bot", tools=[])\n',
    "save_rows.py": "rows = StructuredTool.from_function(x)\n",
    "update_all.py": "@tool\nasync def update_rows(): pass\n",
    "plain.py": "x = 1\n",
  });
  const { frameworks, toolNames } = await surveyFolder(files);
  assert.deepEqual(frameworks, ["langchain", "openai_agents"]);
  assert.deepEqual(toolNames, ["helper_agent", "refund_bot", "save_rows", "update_rows"]);
});

Deno.test("surveyFolder() finds tools in TypeScript and in definitions, and says what they are made with", async () => {
  const files = memoryFiles({
    "src/agent.ts":
      'import { createTool } from "@mastra/core";\nexport const x = createTool({ id: "delete_user" });\n',
    "tools.json": '[{"name": "refund_order", "input_schema": {"type": "object"}}]',
    "types.d.ts": 'import { createTool } from "@mastra/core";\ncreateTool({ id: "no" });\n',
  });
  const { frameworks, toolNames } = await surveyFolder(files);
  assert.deepEqual([frameworks, toolNames], [["mastra"], ["delete_user", "refund_order"]]);
});

Deno.test("surveyFolder() fails on an MCP configuration that does not parse", async () => {
  for (
    const [path, text] of [["x/.mcp.json", "{"], ["my-mcp.yaml", "a: [1"], ["mcp.yml", "\ta: {"]] as const
  ) {
    await assert.rejects(surveyFolder(memoryFiles({ [path]: text })), { code: "invalid_input" }, path);
  }
});

Deno.test("surveyFolder() leaves out what it can't read, says so, and goes on", async () => {
  const files = memoryFiles({
    "a.py": "@tool\ndef save_a(): pass\n",
    "closed/b.py": "@tool\ndef save_b(): pass\n",
    "locked.py": "@tool\ndef save_c(): pass\n",
    "huge.py": new Uint8Array(MAX_SOURCE_BYTES + 1),
  });
  const denied = (path: string) => invalidInput(`Cannot read "${path}": permission denied`);
  const { toolNames, warnings } = await surveyFolder({
    ...files,
    read: (path, limit) => path === "locked.py" ? Promise.reject(denied(path)) : files.read(path, limit),
    entries: (path) => path === "closed" ? Promise.reject(denied(path)) : files.entries(path),
  });
  assert.deepEqual(toolNames, ["save_a"]);
  assert.deepEqual(warnings.map((warning) => /"(.*?)"/.exec(warning)![1]), [
    "closed",
    "huge.py",
    "locked.py",
  ]);
});

Deno.test("surveyFolder() fails when the disk does, and on an MCP configuration that it can't read", async () => {
  const files = memoryFiles({ "a.py": "", "mcp.json": "{}" });
  for (const [broken, code] of [["a.py", "io_failure"], ["mcp.json", "invalid_input"]] as const) {
    const read = (path: string) =>
      path === broken ? Promise.reject(new GaitError(code, "no")) : files.read(path);
    await assert.rejects(surveyFolder({ ...files, read }), { code }, broken);
  }
});

Deno.test("surveyFolder() ends in a folder that has no end", async () => {
  const files = memoryFiles();
  const holding = (...entries: FolderEntry[]) => ({ ...files, entries: () => Promise.resolve(entries) });
  assert.equal((await surveyFolder(holding({ name: "d", kind: "folder" }))).warnings.length, 1);
  const many = Array.from(
    { length: MAX_ENTRIES + 10 },
    (_, i): FolderEntry => ({ name: `${i}`, kind: "other" }),
  );
  assert.equal((await surveyFolder(holding(...many.slice(0, 1000)))).warnings.length, 0);
  const wide = { ...files, entries: () => Promise.resolve(many) };
  assert.equal((await surveyFolder(wide)).warnings.length, 1);
});

const BASELINE = "default_verdict: block\n";

Deno.test("composePolicy() adds nothing but comments, whatever files and tools are called", async () => {
  const { digest } = await parsePolicy(BASELINE, "baseline");
  const evil = fc.constantFrom(
    "x\ndefault_verdict: allow",
    "a\u2028b.c",
    "\u0085default_verdict: allow",
    "\r.save",
    "# x.",
    '"',
  );
  const tools = fc.array(fc.oneof(evil, fc.string({ unit: "binary" }), fc.constant("delete_x")), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(tools, async (names) => {
      const text = composePolicy(BASELINE, concludeSurvey(["langchain"], names));
      const comment = text.slice(0, -(BASELINE.length + 1));
      // Any other line break would end a comment.
      assert.ok(/^(?:# [\x20-\x7e]*\n)+$/.test(comment), text);
      assert.equal((await parsePolicy(text, "composed")).digest, digest);
    }),
    { numRuns: 50 },
  );
});

Deno.test("composePolicy() writes suggested rules so that they work when they are moved below rules", async () => {
  const survey = concludeSurvey(["langchain"], ["delete_x", "save_y", "a.b"]);
  const lines = composePolicy(BASELINE, survey).split("\n");
  const from = lines.indexOf("# generated_rules:") + 1;
  const rules = lines.slice(from, lines.indexOf("# unknown_signals:")).map((line) => line.slice(2));
  const { policy } = await parsePolicy(["rules:", ...rules].join("\n"), "moved");
  assert.deepEqual(
    policy.rules.map(({ name, effect, match, reasonCodes }) => [name, effect, match.toolNames, reasonCodes]),
    survey.generatedRules.map((rule) => [rule.name, rule.effect, rule.matchToolNames, rule.reasonCodes]),
  );
  assert.equal(parseYaml(composePolicy("", survey), "comments").documents, 0);
});

const codes = async (policy: string, frameworks: string[], tools: string[]) =>
  findGaps((await parsePolicy(policy, "p")).policy, concludeSurvey(frameworks, tools)).map((gap) => gap.code);
const rule = (effect: string, tool?: string) =>
  `rules: [{name: r, effect: ${effect}${tool ? `, match: {tool_names: [${tool}]}` : ""}}]\n`;

Deno.test("findGaps() tells what a policy leaves open", async () => {
  assert.deepEqual(await codes("default_verdict: allow", [], []), [
    "policy.no_rules",
    "policy.default_allow",
    "policy.no_non_allow_rules",
    "repo.no_supported_framework_detected",
    "repo.no_high_confidence_signals",
  ]);
  assert.deepEqual(await codes(rule("allow"), ["langchain"], ["look"]), [
    "policy.no_non_allow_rules",
    "repo.tool_inventory_uncovered",
  ]);
  assert.deepEqual(await codes(rule("block", "other"), ["langchain"], ["Save_X", "a.b"]), [
    "repo.tool_inventory_name_mismatch",
    "repo.generated_rules_available",
    "repo.manual_review_required",
  ]);
  assert.deepEqual(await codes(rule("block", "save_x"), ["langchain"], ["Save_X"]), [
    "repo.generated_rules_available",
  ]);
  assert.deepEqual(await codes(rule("block", "save_x"), ["langchain"], []), []);
});
