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
