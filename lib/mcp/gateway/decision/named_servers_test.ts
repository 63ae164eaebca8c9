import assert from "node:assert/strict";
import { parsePolicy } from "../../../policy/parse.ts";
import { utf8 } from "../../../formats/bytes.ts";
import { otherServersWarning } from "./named_servers.ts";

async function warningFor(server: string, ...tools: string[]): Promise<string | undefined> {
  const rules = tools.map((tool, i) =>
    `  - { name: r${i}, effect: allow, match: { tool_names: [${tool}] } }\n`
  );
  const text = `default_verdict: block\nrules:${rules.length === 0 ? " []" : ""}\n${rules.join("")}`;
  return otherServersWarning((await parsePolicy(utf8(text), "p.yaml")).policy, server);
}

Deno.test("a policy that names tools of other servers alone is told by the names of those", async () => {
  const warning = await warningFor("server", "mcp.fs.read", "mcp.git.log", "tool.read");
  assert.match(
    warning ?? "",
    /no rule names a tool of mcp\.server; .*mcp\.fs, mcp\.git: is --name fs meant\?/,
  );
  assert.equal(await warningFor("fs", "mcp.fs.read", "mcp.git.log"), undefined);
  assert.equal(await warningFor("server", "tool.read", "mcp.read"), undefined);
  assert.equal(await warningFor("server"), undefined);
});
