/** Attacks on a sealed session (docs/threat_model.md 26 to 28, 31 and 33). */
import assert from "node:assert/strict";
import { GaitError } from "../../lib/errors/mod.ts";
import { checkpointDigest } from "../../lib/session/fold.ts";
import { timeOfMillis } from "../../lib/formats/time.ts";
import { keyFromSeed } from "../../lib/signing/mod.ts";
import { onSessionStage, type SessionStage, strictBy } from "../support/session.ts";

const key = await keyFromSeed(new Uint8Array(32).fill(1));
const other = await keyFromSeed(new Uint8Array(32).fill(2));

/** A session with three signed checkpoints. */
async function seal({ append, checkpoint }: SessionStage): Promise<void> {
  for (const name of ["one", "two", "three"]) {
    await append();
    await append("u");
    await checkpoint(name, key);
  }
}

Deno.test("one flipped bit anywhere in a signed chain, its head or its runpacks makes strict verification fail", () =>
  onSessionStage(async (stage) => {
    await seal(stage);
    assert((await stage.verify(strictBy(key))).ok);
    for (const path of [stage.chain, stage.head, `${stage.folder}/one.zip`, `${stage.folder}/three.zip`]) {
      const bytes = await Deno.readFile(path);
      // Prime steps: every kind of place is met, and every bit.
      for (let at = 0; at < bytes.length; at += 23) {
        const flipped = bytes.slice();
        flipped[at]! ^= 1 << (at % 8);
        await Deno.writeFile(path, flipped);
        const ok = await stage.verify(strictBy(key)).then((report) => report.ok, refused);
        assert(!ok, `bit ${at % 8} of byte ${at} of ${path}`);
      }
      await Deno.writeFile(path, bytes);
    }
    assert((await stage.verify(strictBy(key))).ok, "all is as it was");
  }));

function refused(error: unknown): false {
  assert(error instanceof GaitError, String(error));
  return false;
}

Deno.test("33: a chain whose last checkpoints were dropped is detected by its head", () =>
  onSessionStage(async (stage) => {
    await seal(stage);
    const chain = JSON.parse(await stage.read(stage.chain));
    chain.checkpoints.pop();
    await stage.write(JSON.stringify(chain, null, 2) + "\n", stage.chain);
    const report = await stage.verify(strictBy(key));
    assert(report.linkageErrors.includes("chain is truncated: it has 2 checkpoints, its head says 3"));
    // Also without strict, as long as the key is known.
    assert(!(await stage.verify({ ...strictBy(key), strict: false, requireSignature: false })).ok);
    // A head that nobody vouches for proves nothing, but it is told; whoever demands a head demands that it fits.
    const lenient = { strict: false, requireHead: false };
    assert((await stage.verify(lenient)).warnings.some((text) => text.includes("truncated")));
    assert(!(await stage.verify({ strict: false, requireHead: true })).ok);
    await stage.write("{}", stage.head);
    assert((await stage.verify(lenient)).ok);
    assert(!(await stage.verify({ strict: false, requireHead: true })).ok);
    await Deno.remove(stage.head);
    assert(!(await stage.verify({ ...strictBy(key), requireHead: true })).ok);
    assert(!(await stage.verify({ ...strictBy(key), requireHead: false, atLeast: 3 })).ok);
  }));

Deno.test("33: a chain that forks from the one that was sealed is reported", () =>
  onSessionStage(async (stage) => {
    await seal(stage);
    const [chain, head] = [await stage.read(stage.chain), await stage.read(stage.head)];
    await stage.append("fork");
    await stage.checkpoint("four", other);
    assert(!(await stage.verify(strictBy(key))).ok, "it goes on with another key");
    await stage.write(head, stage.head);
    assert(!(await stage.verify(strictBy(key))).ok, "an older head is not about this chain");
    await stage.write(chain, stage.chain);
    assert((await stage.verify(strictBy(key))).ok);
  }));

Deno.test("26 to 28: a head without signature, with one of another key, or another algorithm is not trusted", () =>
  onSessionStage(async (stage) => {
    await seal(stage);
    const head = JSON.parse(await stage.read(stage.head));
    const [signature] = head.signatures;
    for (
      const signatures of [
        [],
        [{ ...signature, sig: "" }],
        [{ ...signature, alg: "none" }],
        [{ ...signature, signed_digest: "0".repeat(64) }],
        undefined,
      ]
    ) {
      await stage.write(JSON.stringify({ ...head, signatures }, null, 2) + "\n", stage.head);
      assert(!(await stage.verify(strictBy(key))).ok, JSON.stringify(signatures));
    }
    await stage.write(JSON.stringify(head, null, 2) + "\n", stage.head);
    assert(!(await stage.verify(strictBy(other))).ok);
    assert((await stage.verify(strictBy(key))).ok);
  }));

Deno.test("31: a key that occurs twice in a chain is refused in strict, and in a journal always", () =>
  onSessionStage(async (stage) => {
    await seal(stage);
    const chain = await stage.read(stage.chain);
    await stage.write(chain.replace('"session_id"', '"session_id": "x",\n  "session_id"'), stage.chain);
    await assert.rejects(stage.verify(strictBy(key)), { code: "invalid_input" });
    const journal = await stage.read();
    await stage.write(journal.replace('"verdict":"allow"', '"verdict":"block","verdict":"allow"'));
    await assert.rejects(stage.status(), { code: "invalid_input" });
  }));

Deno.test("33: a clock that goes backwards neither stops a session nor changes its order", () =>
  onSessionStage(async ({ append, status, read, effects }) => {
    const times = [Date.UTC(2030, 0), Date.UTC(2000, 0), 0, Date.UTC(2029, 5)];
    for (const [i, time] of times.entries()) {
      assert.equal(await append("t", { ...effects, now: () => time }), i + 1);
    }
    assert.equal((await status()).last, times.length);
    const created = (await read()).trimEnd().split("\n").slice(1).map((line) =>
      JSON.parse(line).event.created_at
    );
    assert.deepEqual(created, times.map(timeOfMillis));
  }));

Deno.test("what the checkpoint digest does not cover is an error in strict and a warning else", () =>
  onSessionStage(async (stage) => {
    await seal(stage);
    await Deno.remove(stage.head); // it would tell everything anyway
    const chain = JSON.parse(await stage.read(stage.chain));
    for (const [member, value] of [["session_id", "else"], ["run_id", "else"]]) {
      const changed = structuredClone(chain);
      changed.checkpoints[1][member!] = value;
      await stage.write(JSON.stringify(changed, null, 2) + "\n", stage.chain);
      const [strict, standard] = [
        await stage.verify({ requireHead: false }),
        await stage.verify({ requireHead: false, strict: false }),
      ];
      assert.deepEqual([strict.ok, standard.ok, standard.warnings.length], [false, true, 1], member);
    }
  }));

Deno.test("a checkpoint whose runpack holds another number of events than it seals is reported by the strict profile", () =>
  onSessionStage(async (stage) => {
    await seal(stage);
    await Deno.remove(stage.head);
    const chain = JSON.parse(await stage.read(stage.chain));
    const last = chain.checkpoints[2];
    last.sequence_end = 7;
    last.checkpoint_digest = await checkpointDigest(last);
    await stage.write(JSON.stringify(chain, null, 2) + "\n", stage.chain);
    assert((await stage.verify({ requireHead: false, strict: false })).ok, "every digest holds");
    assert(!(await stage.verify({ requireHead: false })).ok);
  }));
