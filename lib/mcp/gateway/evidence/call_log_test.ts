import assert from "node:assert/strict";
import type { Journals } from "../../../effects/types.ts";
import type { Answer } from "../../../gate/answer.ts";
import { concat } from "../../../formats/bytes.ts";
import type { Subject } from "../decision/subject.ts";
import { openCallLog } from "./call_log.ts";
import type { SessionLog } from "./records.ts";

const SUBJECT = { kind: "tool", method: "tools/call", name: "t" } as Subject;
const ALLOWED = {
  decision: {
    intent: { toolName: "mcp.s.t", argsDigest: "a" },
    intentDigest: "i",
    policyDigest: "p",
    traceId: "t",
    outcome: { verdict: "allow", reasonCodes: [], violations: [] },
  },
  paths: { trace: "t.json" },
} as unknown as Answer;

/** A log in memory with parts of ten calls. */
function staged() {
  const held = new Map<string, Uint8Array<ArrayBuffer>>();
  const sealed: SessionLog[] = [];
  const journals = {
    create: (path: string) => {
      held.set(path, new Uint8Array());
      return Promise.resolve({
        path,
        async append(bytes: Uint8Array<ArrayBuffer>) {
          await new Promise((resolve) => setTimeout(resolve));
          held.set(path, concat([held.get(path)!, bytes]));
        },
        close: () => {},
        discard: () => Promise.resolve(void held.delete(path)),
      });
    },
  } as unknown as Journals;
  const log = openCallLog({ session: "s", server: "fs", folder: "f", partCalls: 10 }, {
    journals,
    files: { read: (path) => Promise.resolve(held.get(path)!) },
    now: () => 0,
    seal: (ended) => Promise.resolve(void sealed.push(ended)),
    notify: (text) => assert.fail(text),
  });
  return { log, held, sealed };
}

Deno.test("a long session is sealed in parts, each when none of its calls is open", async () => {
  const { log, held, sealed } = staged();
  for (let i = 0; i < 35; i++) {
    log.ended(await log.decided(SUBJECT, ALLOWED), { status: "ok", outputDigest: "d" });
  }
  assert.equal(held.size, 1);
  await log.close();
  assert.equal(held.size, 0);
  assert.deepEqual(sealed.map(({ calls }) => calls.length), [10, 10, 10, 5]);
  assert.deepEqual(sealed.map(({ header, ends, torn }) => [header.part, ends.size, torn]), [
    [1, 10, false],
    [2, 10, false],
    [3, 10, false],
    [4, 5, false],
  ]);
});

Deno.test("a call that is never answered does not keep a part open for ever", async () => {
  const { log, sealed } = staged();
  const open = await log.decided(SUBJECT, ALLOWED);
  for (let i = 0; i < 45; i++) {
    log.ended(await log.decided(SUBJECT, ALLOWED), { status: "ok", outputDigest: "d" });
  }
  log.ended(open, { status: "ok", outputDigest: "late" });
  await log.close();
  assert.deepEqual(sealed.map(({ calls }) => calls.length), [20, 10, 10, 6]);
  // It has no end in its part, so it stands there as unanswered.
  assert.equal(sealed[0]!.ends.has(open.callId), false);
});

Deno.test("calls that are decided while a part ends are logged whole in the next one", async () => {
  const { log, sealed } = staged();
  const client = async () => {
    for (let i = 0; i < 30; i++) {
      log.ended(await log.decided(SUBJECT, ALLOWED), { status: "ok", outputDigest: "d" });
    }
  };
  await Promise.all(Array.from({ length: 4 }, client));
  await log.close();
  assert.equal(new Set(sealed.flatMap(({ calls }) => calls.map(({ callId }) => callId))).size, 120);
  assert.ok(sealed.length > 1);
  for (const { calls, ends, torn } of sealed) {
    assert.equal(torn, false);
    const ids = new Set(calls.map(({ callId }) => callId));
    assert.deepEqual([...ends.keys()].filter((id) => !ids.has(id)), []);
  }
});

Deno.test("a log that was changed since it was written is not sealed", async () => {
  const { log, held, sealed } = staged();
  await log.decided(SUBJECT, ALLOWED);
  const [path] = held.keys();
  const text = new TextDecoder().decode(held.get(path!)!);
  held.set(path!, new TextEncoder().encode(text.replace("allow", "block")));
  await assert.rejects(log.close(), { code: "invalid_input" });
  assert.deepEqual([sealed.length, held.size], [0, 1]);
});
