import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";

Deno.test("the answer names the format as it was given, and none for a blank one", () =>
  onStage(async ({ gait, write }) => {
    await write("policy.yaml", "default_verdict: allow\n");
    await write("call.json", '{"name":"Read","tool_name":"Read"}');
    for (const [given, reported] of [["", undefined], ["  ", undefined], [" Claude-Code ", "claude-code"]]) {
      const { code, json } = await gait`mcp proxy policy.yaml call.json --adapter ${given!} --json`;
      assert.deepEqual([code, json.adapter], [0, reported]);
    }
  }));

Deno.test("text begins with the verdict and a line for each piece of evidence", () =>
  onStage(async ({ gait, write }) => {
    await write("policy.yaml", "default_verdict: block\n");
    await write("call.json", '{"name":"t"}');
    const paths = ["--trace-out", "t.json", "--runpack-out", "./r.zip", "--pack-out", "p.zip"];
    const { code, stdout } = await gait`mcp proxy policy.yaml call.json ${paths}`;
    assert.equal(code, 3);
    const [verdict, trace, runpack, pack, rest] = stdout.split("\n");
    assert.match(verdict!, /^mcp proxy: verdict=block\b/);
    assert.deepEqual([trace, runpack], ["trace: t.json", "runpack: ./r.zip"]);
    assert.match(pack!, /^pack: p\.zip \([0-9a-f]{64}\)$/);
    assert.match(rest!, /^ {2}rule /);
    const alone = await gait`mcp proxy policy.yaml call.json`;
    assert.deepEqual(alone.stdout.match(/^(?:trace|runpack|pack): /gm), ["trace: "]);
  }));
