/** The command in the answer to a stopped call is complete: what it needs beyond the call stands in it. */
import assert from "node:assert/strict";
import { onStage, type Stage } from "../support/gait.ts";
import { scripted } from "./gateway/client.ts";

/** Run the command that a text ends with, as a person who fills in what only a person knows. */
async function approveByLine(text: string, stage: Stage): Promise<void> {
  const line = /gait approve .*$/.exec(text)![0];
  const [, ...args] = line.replace("<you>", "dana").replace("<why>", "CHG-7")
    .replace("<private.key>", "keys/dana_private.key").split(" ");
  const { code, stderr } = await stage.gait(...args, "--yes");
  assert.equal(code, 0, stderr);
}

/** A rule allows the call, and it may still not happen without an approval: nobody says that it destroys nothing. */
const policyFor = (tool: string) =>
  `default_verdict: block\nrules:\n  - {name: r, effect: allow, match: {tool_names: [${tool}]}}\n`;

Deno.test("a destructive call that the gateway stopped passes once with the command of its answer", () =>
  onStage(async (stage) => {
    await stage.gait`keys init --out-dir keys --prefix dana`;
    await stage.write("policy.yaml", policyFor("mcp.s.remove"));
    const lines = [
      { id: 0, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {} } },
      { method: "notifications/initialized" },
      { id: 1, method: "tools/call", params: { name: "remove", arguments: { path: "/srv/x" } } },
    ].map((message) => JSON.stringify({ jsonrpc: "2.0", ...message }) + "\n");
    /** A client that says all at once, and ends: it is answered nevertheless. */
    const play = async () => {
      const { code, stdout } = await stage.gaitWith(
        { stdin: lines.join("") },
        ..."mcp gateway --policy policy.yaml --name s --approval-public-key keys/dana_public.key --".split(
          " ",
        ),
        ...scripted(stage.path("log")),
      );
      assert.equal(code, 0);
      const answers = stdout.trim().split("\n").map((line) => JSON.parse(line));
      assert.deepEqual(answers.map(({ id }) => id), [0, 1]);
      return answers[1].result;
    };
    const stopped = await play();
    assert.equal(stopped.isError, true);
    await approveByLine(stopped.content[0].text, stage);
    assert.equal((await play()).isError, undefined);
    assert.equal((await play()).isError, true);
    const reached = (await stage.read("log")).split("\n").filter((line) => line.includes("tools/call"));
    assert.equal(reached.length, 1);
  }));

Deno.test("a destructive call that the hook stopped passes once with the command of its answer", () =>
  onStage(async (stage) => {
    await stage.gait`keys init --out-dir keys --prefix dana`;
    await stage.write("policy.yaml", policyFor("tool.exec"));
    const event = {
      hook_event_name: "PreToolUse",
      session_id: "s1",
      cwd: "/srv",
      tool_name: "Bash",
      tool_input: { command: "rm -rf /srv/x" },
    };
    const play = () =>
      stage.gaitWith(
        { stdin: JSON.stringify(event) },
        ..."hook claude-code --policy policy.yaml --approval-public-key keys/dana_public.key".split(" "),
      );
    const stopped = await play();
    assert.equal(stopped.code, 2);
    await approveByLine(stopped.stderr.trim(), stage);
    assert.equal((await play()).code, 0);
    assert.equal((await play()).code, 2);
  }));
