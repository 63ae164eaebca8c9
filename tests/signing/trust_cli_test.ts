import assert from "node:assert/strict";
import { onStage, type Stage } from "../support/gait.ts";

const RUN = JSON.stringify({
  run: { run_id: "run_t", created_at: "2026-04-01T09:00:00Z" },
  intents: [{ intent_id: "i1", tool_name: "doc.read", args: { id: 1 } }],
  results: [{ intent_id: "i1", status: "ok", result: { ok: true } }],
});

/** A run that a team key signed, in a folder that does not trust the key yet. */
async function signedRun({ gait, write }: Stage): Promise<void> {
  await write("run.json", RUN);
  await gait`keys init --out-dir keys --prefix team`;
  const recorded = await gait`run record run.json --private-key keys/team_private.key --json`;
  assert.equal(recorded.code, 0, recorded.stdout);
}

Deno.test("verify uses the trust folder, and says so", () =>
  onStage(async (stage) => {
    await signedRun(stage);
    const before = await stage.gait`verify run_t --json`;
    assert.deepEqual([before.code, before.json.signature_status], [0, "skipped"]);
    assert.equal((await stage.gait`verify run_t --profile strict`).code, 6);

    assert.equal(
      (await stage.gait`keys trust add keys/team_public.key --name team`).code,
      0,
    );
    const after = await stage.gait`verify run_t --profile strict --json`;
    assert.equal(after.code, 0);
    assert.deepEqual(
      [after.json.signature_status, after.json.signature_trust, after.json.signature_key_name],
      ["verified", "trust_store", "team"],
    );
    const byFlag = await stage.gait`verify run_t --public-key keys/team_public.key --json`;
    assert.equal(byFlag.json.signature_trust, "flag");

    const list = await stage.gait`keys trust list --json`;
    assert.deepEqual(list.json.keys.map((key: { name: string }) => key.name), ["team"]);
    assert.equal((await stage.gait`keys trust remove team`).code, 0);
    assert.equal((await stage.gait`verify run_t --json`).json.signature_status, "skipped");
  }));

Deno.test("a trust folder that can't be read whole is not trusted in part", () =>
  onStage(async (stage) => {
    await signedRun(stage);
    await stage.gait`keys trust add keys/team_public.key --name team`;
    await stage.write(".gait/trust/broken.key", "no key\n");
    const verify = await stage.gait`verify run_t --json`;
    assert.deepEqual([verify.code, verify.json.ok], [6, false]);
    assert.match(verify.json.hint, /remove \.gait\/trust\/broken\.key/);
    assert.equal((await stage.gait`keys trust remove broken`).code, 0);
    assert.equal((await stage.gait`verify run_t`).code, 0);
  }));

Deno.test("a key under two names is listed under both, and removing one says that the other still counts", () =>
  onStage(async (stage) => {
    await signedRun(stage);
    const { gait } = stage;
    await gait`keys trust add keys/team_public.key --name team`;
    const again = await gait`keys trust add keys/team_public.key --name alias --json`;
    assert.deepEqual(again.json.warnings, ["the same key is also trusted as team"]);
    const { json } = await gait`keys trust list --json`;
    assert.deepEqual(json.keys.map((key: { name: string }) => key.name), ["alias", "team"]);
    const removed = await gait`keys trust remove team`;
    assert.equal(removed.code, 0);
    assert(!removed.stdout.includes("no longer trusted"));
    assert.match(removed.stdout, /still trusted as alias[^]*gait keys trust remove alias/);
    assert.equal((await gait`verify run_t --profile strict`).code, 0);
    assert.equal((await gait`keys trust remove alias --json`).json.still_trusted_as, undefined);
    assert.equal((await gait`verify run_t --profile strict`).code, 6);
  }));

Deno.test("a trusted name is never given to another key silently", () =>
  onStage(async ({ gait, read }) => {
    await gait`keys init --out-dir a`;
    await gait`keys init --out-dir b`;
    await gait`keys trust add a/gait_public.key --name ops`;
    const kept = await read(".gait/trust/ops.key");
    assert.equal((await gait`keys trust add b/gait_public.key --name ops`).code, 6);
    assert.equal(await read(".gait/trust/ops.key"), kept);
    assert.equal((await gait`keys trust add a/gait_public.key --name ../x`).code, 6);
    assert.equal((await gait`keys trust add a/gait_public.key --name local_dev`).code, 6);
  }));

Deno.test("an unsigned pack verifies, and the text says that it proves integrity only", () =>
  onStage(async ({ gait, write }) => {
    await write("run.json", RUN);
    await gait`run record run.json`;
    const verify = await gait`verify run_t`;
    assert.equal(verify.code, 0);
    assert.match(verify.stdout, /integrity only/);
    assert.equal((await gait`verify run_t --require-signature`).code, 2);
  }));

Deno.test("keys rotate twice within a second makes two pairs", () =>
  onStage(async ({ gait }) => {
    const [first, second] = [
      await gait`keys rotate --json`,
      await gait`keys rotate
      --json`,
    ];
    assert.deepEqual([first.code, second.code], [0, 0]);
    assert.notEqual(first.json.private_key_path, second.json.private_key_path);
  }));
