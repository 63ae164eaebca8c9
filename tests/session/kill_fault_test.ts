/**
 * SIGKILL at random moments of append, checkpoint and compact (docs/threat_model.md 21 and 23): afterwards nothing that
 * was acknowledged is gone, the journal reads or says what was cut, and work goes on at once.
 */
import assert from "node:assert/strict";
import { GaitError } from "../../lib/errors/mod.ts";
import { systemEffects } from "../../lib/effects/mod.ts";
import { appendEvent } from "../../lib/session/append.ts";
import { recoverSession } from "../../lib/session/recover.ts";
import { sessionPaths } from "../../lib/session/paths.ts";
import { startSession } from "../../lib/session/start.ts";
import { sessionStatus } from "../../lib/session/status.ts";
import { verifySessionChain } from "../../lib/session/verify_chain.ts";
import { NO_KEYS } from "../../lib/signing/mod.ts";
import { argv } from "../support/argv.ts";
import { repository } from "../support/places.ts";

const ROUNDS = { append: 80, checkpoint: 60, compact: 60 } as const;
const LANES = 4;
const effects = systemEffects();

/** Let a process finish a few operations, and kill it some moments later. @returns what it said it finished */
async function workAndDie(journal: string, kind: string, name: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: argv`run -q -A --no-check ${repository}tests/session/kill_worker.ts ${journal}
      ${kind} ${name}`,
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const decoder = new TextDecoder();
  let said = "";
  for (const wanted = 1 + Math.floor(Math.random() * 4); said.length < wanted;) {
    const { value, done } = await reader.read();
    assert(!done, "it must not end by itself");
    said += decoder.decode(value);
  }
  const moment = setTimeout(() => child.kill("SIGKILL"), Math.random() * 10);
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    said += decoder.decode(part.value);
  }
  assert.equal((await child.status).signal, "SIGKILL");
  clearTimeout(moment);
  return said;
}

/** Do the first thing after a crash; a torn end is cut, and nothing else may be wrong. */
async function afterCrash<T>(journal: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    assert(error instanceof GaitError && error.detail === "torn_tail", String(error));
    const { whole, recovery } = await recoverSession(journal, effects, "1.0.0");
    assert(!whole && recovery.cut_bytes > 0 && recovery.lost_sequences === 0);
    return await act();
  }
}

for (const kind of ["append", "checkpoint", "compact"] as const) {
  Deno.test(`sessions survive ${ROUNDS[kind]} kills during ${kind}`, async () => {
    // Several sessions side by side, or this would take minutes.
    await Promise.all(Array.from({ length: LANES }, () => liveAndDie(kind, ROUNDS[kind] / LANES)));
  });
}

async function liveAndDie(kind: keyof typeof ROUNDS, rounds: number): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gait-session-" });
  const journal = `${folder}/s.jsonl`;
  try {
    await startSession(journal, { sessionId: "s", runId: "r" }, effects, "1.0.0");
    const append = () => appendEvent(journal, { toolName: "t", verdict: "block" }, effects, "1.0.0");
    const status = () => sessionStatus(journal, effects, "1.0.0");
    let last = 0;
    let checkpoints = 0;
    for (let round = 0; round < rounds; round++) {
      const said = await workAndDie(journal, kind, `${round}`);
      const count = (letter: string) => said.split(letter).length - 1;
      // Whatever comes first finds a session that it can go on with.
      if (round % 2 === 0) await afterCrash(journal, status);
      const { event } = await afterCrash(journal, append);
      const { state } = await status();
      assert.equal(state.last_sequence, event.sequence);
      // What was under way when it died may have been recorded without being acknowledged.
      assert([1, 2].includes(event.sequence - last - count("a")), `${last} + ${said} gave ${event.sequence}`);
      assert([0, 1].includes(state.checkpoint_count - checkpoints - count("c")), said);
      [last, checkpoints] = [event.sequence, state.checkpoint_count];
      if (checkpoints > 0 && round % 5 < 2) await assertChain(journal, checkpoints);
    }
    if (kind !== "append") await assertChain(journal, checkpoints);
    const left = [...Deno.readDirSync(folder)].map((entry) => entry.name);
    assert(!left.some((name) => name.endsWith(".lock")), left.join(" "));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function assertChain(journal: string, checkpoints: number): Promise<void> {
  const report = await verifySessionChain(effects.files, sessionPaths(journal).chain, {
    trusted: NO_KEYS,
    requireSignature: false,
    strict: true,
    requireHead: true,
    atLeast: checkpoints,
  });
  assert.deepEqual(
    [report.ok, report.linkageErrors, report.checkpointErrors],
    [true, [], []],
  );
  assert.equal(report.checkpoints.length, checkpoints);
}
