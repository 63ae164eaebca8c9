import assert from "node:assert/strict";
import type { Files } from "../effects/mod.ts";
import { FAKE_NOW, fakeEffects } from "../../tests/support/fake_effects.ts";
import { utf8 } from "../formats/bytes.ts";
import { digestOf } from "../signing/mod.ts";
import { appendEvent } from "./append.ts";
import { startSession } from "./start.ts";
import { sessionStatus } from "./status.ts";

const IDS = { sessionId: "s", runId: "r" };
const INPUT = { toolName: "t", verdict: "allow" } as const;

/** Files that count how many bytes of the journal were read. */
function counting(files: Files): { files: Files; read: () => number } {
  let bytes = 0;
  return {
    read: () => bytes,
    files: {
      ...files,
      async readPart(path, offset, length) {
        const part = await files.readPart(path, offset, length);
        bytes += part.length;
        return part;
      },
      *readLines(path, limit) {
        for (const line of files.readLines(path, limit)) {
          bytes += line.bytes.length;
          yield line;
        }
      },
    },
  };
}

Deno.test("appendEvent() reads the last line alone, however long the journal is", async () => {
  const effects = fakeEffects();
  await startSession("j", IDS, effects, "1");
  const costs: number[] = [];
  for (let i = 0; i < 300; i++) {
    const { files, read } = counting(effects.files);
    await appendEvent("j", INPUT, { ...effects, files }, "1");
    costs.push(read());
  }
  // The first reads the header; then lines differ by the digits of their sequence.
  assert(
    Math.max(...costs) - Math.min(...costs.slice(1)) < 300,
    `${Math.min(...costs)} to ${Math.max(...costs)}`,
  );
  assert((await effects.files.stat("j"))!.size > 100 * costs.at(-1)!);
});

Deno.test("appendEvent() reads the whole journal once when the state is by another program, and then no more", async () => {
  const effects = fakeEffects();
  await startSession("j", IDS, effects, "1");
  for (let i = 0; i < 20; i++) await appendEvent("j", INPUT, effects, "1");
  const { tail_offset: _o, tail_prev_digest: _p, journal_digest: _j, state_digest: _s, ...foreign } = JSON
    .parse(
      effects.files.text("j.state.json")!,
    );
  await effects.files.writeAtomic("j.state.json", utf8(JSON.stringify(foreign)));
  const { files, read } = counting(effects.files);
  assert.equal((await appendEvent("j", INPUT, { ...effects, files }, "1")).event.sequence, 21);
  const once = read();
  assert(once > 20 * 300);
  await appendEvent("j", INPUT, { ...effects, files }, "1");
  assert(read() - once < 1000);
});

Deno.test("sessionStatus() leaves a state that says the same alone, also one by another program", async () => {
  const effects = fakeEffects();
  await startSession("j", IDS, effects, "1");
  await appendEvent("j", INPUT, effects, "1");
  const later = { ...effects, now: () => FAKE_NOW + 5000 };
  const state = effects.files.text("j.state.json")!;
  await sessionStatus("j", later, "2");
  assert.equal(effects.files.text("j.state.json"), state);
  const { state_digest: _, ...foreign } = JSON.parse(state);
  await effects.files.writeAtomic("j.state.json", utf8(JSON.stringify(foreign)));
  await sessionStatus("j", later, "2");
  assert.equal(effects.files.text("j.state.json"), JSON.stringify(foreign));
  await effects.files.writeAtomic("j.state.json", utf8(JSON.stringify({ ...foreign, event_count: 7 })));
  await sessionStatus("j", later, "2");
  assert.equal(JSON.parse(effects.files.text("j.state.json")!).event_count, 1);
});

Deno.test("appendEvent() reads the whole journal when the state places the last line where none is", async () => {
  const effects = fakeEffects();
  await startSession("j", IDS, effects, "1");
  await appendEvent("j", INPUT, effects, "1");
  const { state_digest: _, ...state } = JSON.parse(effects.files.text("j.state.json")!);
  for (const tail_offset of [state.journal_size_bytes, state.journal_size_bytes + 1, 2 ** 52]) {
    const moved = { ...state, tail_offset };
    const forged = { ...moved, state_digest: await digestOf(moved) };
    const files = fakeEffects().files;
    await files.writeAtomic("j", utf8(effects.files.text("j")!));
    await files.writeAtomic("j.state.json", utf8(JSON.stringify(forged)));
    assert.equal((await appendEvent("j", INPUT, { ...effects, files }, "1")).event.sequence, 2);
    assert.equal(JSON.parse(files.text("j.state.json")!).event_count, 2);
  }
});
