import assert from "node:assert/strict";
import type { Answer } from "../../../gate/answer.ts";
import type { FoundToken } from "../../approvals/folder.ts";
import { LATEST_SESSION } from "../protocol/revisions.ts";
import { awaitApproval } from "./approval.ts";
import type { Pending, RelayContext } from "./types.ts";

const answerOf = (verdict: string) =>
  ({
    decision: { intentDigest: "i", policyDigest: "p", outcome: { verdict, approvalRef: "t1" } },
    paths: {},
  }) as unknown as Answer;
const token = (name: string, version = "1"): FoundToken => ({
  name,
  version,
  read: () => Promise.reject(new Error("nobody reads it here")),
});

/** A wait whose clock runs as fast as it is looked at. */
function staged(wait: number, found: (now: number) => FoundToken[]) {
  let now = 0;
  const sent: string[] = [];
  const cleared: string[] = [];
  const decided: string[][] = [];
  const pending: Pending = {
    id: 1,
    upstreamId: 1,
    method: "tools/call",
    revision: LATEST_SESSION,
    outlet: {
      send: (bytes) => Promise.resolve(void sent.push(new TextDecoder().decode(bytes))),
      answer: () => Promise.resolve(),
      dropped: () => {},
    },
    progressToken: "t",
    upstreamToken: "t",
    identity: undefined,
  };
  const context = {
    options: { approvalWait: wait },
    hooks: {
      approvals: {
        find: () => Promise.resolve({ tokens: found(now), warnings: [] }),
        clear: (ids: readonly string[]) => Promise.resolve(void cleared.push(...ids)),
      },
    },
    now: () => now,
    notify: () => {},
    after: (milliseconds: number, action: () => void) => {
      now += milliseconds;
      queueMicrotask(action);
      return () => {};
    },
  } as unknown as RelayContext;
  const run = (verdicts: string[]) =>
    awaitApproval({
      pending,
      answer: answerOf("require_approval"),
      tried: [],
      decide: ({ approvals }) => {
        decided.push(approvals.map(({ name }) => name));
        return Promise.resolve(answerOf(verdicts.shift()!));
      },
    }, context);
  return { run, sent, cleared, decided, pending, time: () => now };
}

Deno.test("awaitApproval() gives up after its time, with progress every five seconds", async () => {
  const stage = staged(12_000, () => []);
  assert.equal(await stage.run([]), false);
  assert.equal(stage.time(), 12_000);
  const progress = stage.sent.map((text) => JSON.parse(text).params.progress);
  assert.equal(progress.length, 2);
  assert.ok(progress[0] < progress[1] && progress[1] < 1);
  assert.deepEqual(stage.decided, []);
});

Deno.test("awaitApproval() decides again only when there is another token", async () => {
  const stage = staged(
    60_000,
    (now) => now < 1_000 ? [] : now < 2_000 ? [token("a")] : [token("a"), token("b")],
  );
  assert.equal(await stage.run(["require_approval", "allow"]), true);
  assert.deepEqual(stage.decided, [["a"], ["a", "b"]]);
  assert.deepEqual(stage.cleared, ["t1"]);
});

Deno.test("awaitApproval() takes a token that came before the wait began, and one that was put down again", async () => {
  const early = staged(60_000, () => [token("a")]);
  assert.equal(await early.run(["allow"]), true);
  const again = staged(60_000, (now) => now < 1_000 ? [token("a")] : [token("a", "2")]);
  assert.equal(await again.run(["require_approval", "allow"]), true);
});

Deno.test("awaitApproval() ends at once when the call is cancelled, and does not wait where it may not", async () => {
  const stage = staged(60_000, (now) => {
    if (now > 500) stage.pending.cancel?.();
    return [];
  });
  assert.equal(await stage.run([]), false);
  assert.ok(stage.time() < 2_000);
  assert.equal(await staged(0, () => [token("a")]).run([]), false);
});
