/** How long a call waits for an approval when nobody says it (docs/spec/mcp.md 10.7). */
import assert from "node:assert/strict";
import { gatewayFlags } from "../../../lib/commands/mcp/gateway_flags.ts";
import { approvalWaitOf } from "../../../lib/commands/mcp/gateway_setup.ts";
import { stageRelay } from "../../../lib/mcp/gateway/relay/_staged_relay.ts";
import { onStage } from "../../support/gait.ts";
import { repository } from "../../support/places.ts";

const flag = gatewayFlags["approval-wait"];
const byDefault = approvalWaitOf({ "approval-wait": flag.absent, "no-approval-wait": false });

/** A clock that jumps to the next action whenever nothing else is left to do. */
function jumpingClock() {
  let now = 0;
  const actions = new Set<{ readonly at: number; readonly act: () => void }>();
  return {
    now: () => now,
    after(milliseconds: number, act: () => void) {
      const action = { at: now + milliseconds, act };
      actions.add(action);
      return () => void actions.delete(action);
    },
    async jump() {
      await new Promise((resolve) => setTimeout(resolve));
      const [next] = [...actions].sort((a, b) => a.at - b.at);
      assert.ok(next, "nobody waits for anything");
      actions.delete(next);
      now = next.at;
      next.act();
    },
  };
}

Deno.test("by default a call waits 45 s for an approval, with progress every 5 s, and is then stopped", async () => {
  const clock = jumpingClock();
  const relay = stageRelay({
    ...clock,
    options: { approvalWait: byDefault },
    hooks: {
      approvals: {
        find: () => Promise.resolve({ tokens: [], warnings: [] }),
        clear: () => Promise.resolve(),
      },
    },
    verdict: () => "require_approval",
    server: async ({ method }, answer) => {
      if (method === "tools/list") await answer({ tools: [{ name: "t" }] });
    },
  });
  await relay.initialize();
  const params = { name: "t", arguments: {}, _meta: { progressToken: "p" } };
  await relay.clientSays({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
  const before = relay.toClient.length;
  const seen: [number, unknown][] = [];
  while (seen.at(-1)?.[1] !== "answer") {
    await clock.jump();
    await new Promise((resolve) => setTimeout(resolve));
    for (const message of relay.toClient.slice(before + seen.length)) {
      seen.push([clock.now(), message.method === undefined ? "answer" : message.params.progressToken]);
    }
  }
  assert.deepEqual(seen, [
    ...[5, 10, 15, 20, 25, 30, 35, 40].map((seconds) => [seconds * 1_000, "p"]),
    [45_000, "answer"],
  ]);
  assert.equal(relay.toClient.at(-1).result.isError, true);
  assert.ok(!relay.toServer.some(({ method }) => method === "tools/call"));
});

Deno.test("parser, help and documents say 45 s", () =>
  onStage(async ({ gait }) => {
    assert.equal(byDefault, 45_000);
    assert.equal(flag.read(flag.default!, "--approval-wait", flag.absent), flag.absent);
    assert.match((await gait`mcp gateway --help`).stdout, /--approval-wait <duration> .*\(default 45s\)/);
    const documents: [string, RegExp][] = [
      ["docs/cli.md", /`--approval-wait <duration>` \|[^|\n]*\| `([^`]*)`/g],
      ["docs/mcp_gateway.md", /`--approval-wait`,?\s\(?([0-9]+ s)/g],
      ["docs/spec/mcp.md", /`--approval-wait`,?\s\(?([0-9]+ s)/g],
    ];
    for (const [path, said] of documents) {
      const found = [...(await Deno.readTextFile(repository + path)).matchAll(said)].map(([, time]) => time);
      assert.deepEqual(found.map((time) => time!.replace(" ", "")), [flag.default], path);
    }
  }));

Deno.test("--no-approval-wait waits for nobody, and another time is the one that is given", () => {
  const given = flag.read("90s", "--approval-wait", flag.absent);
  assert.equal(approvalWaitOf({ "approval-wait": given, "no-approval-wait": false }), 90_000);
  assert.equal(approvalWaitOf({ "approval-wait": given, "no-approval-wait": true }), 0);
});
