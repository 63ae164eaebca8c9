import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";

const SOURCE =
  'import { createTool } from "@mastra/core";\n\nexport const wipe = createTool({ id: "delete_user" });\n';

Deno.test("coverage tells with its status what may happen unasked, and what --strict minds", () =>
  onStage(async ({ gait, write }) => {
    await write("src/a.ts", SOURCE);
    const run = async (policy: string, ...more: string[]) => {
      await write("p.yaml", policy);
      const { code, json } = await gait`scout coverage --roots src --policy p.yaml ${more} --json`;
      assert.equal(json.ok, code === 0);
      return [code, json.counts.error, json.counts.warning, json.uncovered_tools.length];
    };
    assert.deepEqual(await run("default_verdict: allow"), [2, 1, 0, 1]);
    assert.deepEqual(await run("default_verdict: block"), [0, 0, 1, 1]);
    assert.deepEqual(await run("default_verdict: block", "--strict"), [2, 0, 1, 1]);
    const named =
      "default_verdict: allow\nrules: [{name: r, effect: block, match: {tool_names: [delete_user]}}]";
    assert.deepEqual(await run(named, "--strict"), [0, 0, 0, 0]);
  }));

Deno.test("coverage writes SARIF that points at tools and rules, and replaces older SARIF alone", () =>
  onStage(async ({ gait, write, read, files }) => {
    await write("src/a.ts", SOURCE);
    await write(
      ".gait.yaml",
      "default_verdict: allow\nrules:\n- {name: r, effect: block, match: {tool_names: [gone]}}\n",
    );
    for (const _ of [1, 2]) assert.equal((await gait`scout coverage --sarif out/c.sarif`).code, 2);
    const log = JSON.parse(await read("out/c.sarif"));
    const places = log.runs[0].results.map((result: {
      ruleId: string;
      locations: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } }[];
    }) => {
      const { artifactLocation, region } = result.locations[0]!.physicalLocation;
      return `${artifactLocation.uri}:${region.startLine} ${result.ruleId}`;
    });
    assert.deepEqual(places, ["src/a.ts:3 tool-not-covered", ".gait.yaml:3 rule-without-tool"]);
    const printed = await gait`scout coverage --sarif -`;
    assert.deepEqual(JSON.parse(printed.stdout), log);
    for (const out of ["src/a.ts", ".gait.yaml", "src", "../c.sarif"]) {
      assert.equal((await gait`scout coverage --sarif ${out}`).code, 6, out);
    }
    assert.equal(await read("src/a.ts"), SOURCE);
    assert.deepEqual(await files(), [".gait.yaml", "out/c.sarif", "src/a.ts"]);
  }));

Deno.test("coverage needs a policy, and fails on an MCP configuration that does not parse", () =>
  onStage(async ({ gait, write }) => {
    assert.equal((await gait("scout", "coverage")).code, 6);
    await write(".gait.yaml", "default_verdict: block\n");
    assert.equal((await gait("scout", "coverage")).code, 0);
    await write("mcp.json", "{");
    assert.equal((await gait("scout", "coverage")).code, 6);
    assert.equal((await gait`scout coverage --policy gone.yaml`).code, 6);
  }));

Deno.test("coverage shows no name raw, neither as text nor as SARIF", () =>
  onStage(async ({ gait, write }) => {
    await write("a\u202e.json", JSON.stringify({ name: "drop\u202e\u001b[2J\u200b", input_schema: {} }));
    await write(".gait.yaml", "default_verdict: allow\n");
    for (const args of [[], ["--sarif", "-"]]) {
      const { stdout } = await gait`scout coverage ${args}`;
      assert.ok(stdout.includes("drop"));
      // deno-lint-ignore no-control-regex
      assert.ok(!/[\u202e\x1b\u200b]/.test(stdout), JSON.stringify(stdout));
    }
  }));

Deno.test("snapshot sees frameworks by default, and only what is declared with --precise", () =>
  onStage(async ({ gait, write, read }) => {
    await write("src/a.ts", SOURCE);
    await write("src/b.py", "from langchain.tools import tool\n@tool\ndef pay(): ...\ndef helper(): ...\n");
    await write("src/c.py", "from crewai.tools import tool\n@tool('Send mail')\ndef s(): ...\n");
    const items = async (...more: string[]) => {
      assert.equal((await gait`scout snapshot --roots src ${more} --out s.json`).code, 0);
      return JSON.parse(await read("s.json")).items.map(({ id, line }: { id: string; line: number }) =>
        `${line} ${id}`
      );
    };
    const others = ["3 tool:framework:crewai:send_mail"];
    const last = ["3 tool:framework:mastra:delete_user"];
    assert.deepEqual(await items("--precise"), [...others, "3 tool:framework:langchain:pay", ...last]);
    assert.deepEqual(await items(), [
      ...others,
      "4 tool:framework:langchain:helper",
      "3 tool:framework:langchain:pay",
      "3 tool:framework:langchain:s",
      ...last,
    ]);
  }));
