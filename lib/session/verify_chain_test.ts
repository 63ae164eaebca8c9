import assert from "node:assert/strict";
import { prettyJson } from "../formats/json/mod.ts";
import { keyFromSeed, withSignature } from "../signing/mod.ts";
import { onSessionStage, type SessionStage, strictBy } from "../../tests/support/session.ts";
import { checkpointDigest } from "./fold.ts";

const key = await keyFromSeed(new Uint8Array(32).fill(1));

/** A session with three signed checkpoints, two events each. */
async function seal({ append, checkpoint }: SessionStage): Promise<void> {
  for (const name of ["one", "two", "three"]) {
    await append();
    await append();
    await checkpoint(name, key);
  }
}

/** What is found in the chain after a change; digests and links are made to fit again, unless the change is theirs. */
// deno-lint-ignore no-explicit-any -- chains are broken on purpose
async function changed(stage: SessionStage, change: (checkpoints: any[], chain: any) => void, relink = true) {
  const before = await stage.read(stage.chain);
  const chain = JSON.parse(before);
  change(chain.checkpoints, chain);
  for (const [i, one] of chain.checkpoints.entries()) {
    if (!relink) break;
    if (i > 0) one.prev_checkpoint_digest = chain.checkpoints[i - 1].checkpoint_digest;
    one.checkpoint_digest = await checkpointDigest(one);
  }
  await stage.write(new TextDecoder().decode(prettyJson(chain)), stage.chain);
  const strict = await stage.verify({ requireHead: false });
  const standard = await stage.verify({ requireHead: false, strict: false });
  await stage.write(before, stage.chain);
  return { strict, standard };
}

Deno.test("verifySessionChain() finds every broken link, whatever else fits", () =>
  onSessionStage(async (stage) => {
    await seal(stage);
    await Deno.remove(stage.head); // it would tell everything anyway
    const found = async (...given: Parameters<typeof changed> extends [unknown, ...infer R] ? R : never) => {
      const { strict, standard } = await changed(stage, ...given);
      assert.deepEqual([strict.ok, standard.ok], [false, false]);
      return standard.linkageErrors;
    };
    assert.ok(
      (await found(([, two]) => two.checkpoint_index = 5)).includes(
        "checkpoint index mismatch at position 1",
      ),
    );
    assert.deepEqual(
      await found(([, two]) => Object.assign(two, { sequence_start: 2, sequence_end: 3 })),
      ["sequence overlap at checkpoint 2"],
    );
    assert.deepEqual(await found(([, , three]) => three.checkpoint_digest = "ab".repeat(32), false), [
      "checkpoint_digest mismatch at checkpoint 3",
    ]);
    const links = await found(([, , three]) => three.prev_checkpoint_digest = "ab".repeat(32), false);
    assert.ok(links.includes("prev_checkpoint_digest mismatch at checkpoint 3"));
  }));

Deno.test("verifySessionChain() takes what no rule of the existing program forbids for an error in strict alone", () =>
  onSessionStage(async (stage) => {
    await seal(stage);
    await Deno.remove(stage.head);
    // deno-lint-ignore no-explicit-any -- as above
    const odd: [number, (checkpoints: any[], chain: any) => void][] = [
      [0, () => {}],
      // It seals nothing, and so not what its runpack holds.
      [2, ([, , three]) => Object.assign(three, { sequence_start: 5, sequence_end: 4 })],
      [1, ([, , three]) => Object.assign(three, { sequence_start: 6, sequence_end: 7 })],
      [1, ([one]) => one.prev_checkpoint_digest = "ab".repeat(32)],
      // Every runpack is of another run then.
      [3, (all, chain) => [chain, ...all].forEach((one) => one.run_id = "else")],
    ];
    for (const [strictErrors, change] of odd) {
      const { strict, standard } = await changed(stage, change);
      assert.deepEqual([standard.ok, standard.warnings.length], [true, strictErrors], `${change}`);
      assert.deepEqual(
        [strict.ok, strict.linkageErrors.length],
        [strictErrors === 0, strictErrors],
        `${change}`,
      );
    }
  }));

Deno.test("verifySessionChain() doubts a head of another kind or session, though its signature holds", () =>
  onSessionStage(async (stage) => {
    await seal(stage);
    const head = JSON.parse(await stage.read(stage.head));
    for (const change of [{ schema_id: "gait.else" }, { session_id: "else" }, { run_id: "else" }]) {
      const signed = prettyJson(await withSignature({ ...head, ...change }, key));
      await stage.write(new TextDecoder().decode(signed), stage.head);
      const report = await stage.verify(strictBy(key));
      assert.deepEqual([report.ok, report.head.status, report.head.mismatches.length], [
        false,
        "verified",
        1,
      ]);
    }
  }));
