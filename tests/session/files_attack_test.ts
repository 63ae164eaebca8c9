/** Attacks on the files of a session (docs/threat_model.md 17 to 24). */
import assert from "node:assert/strict";
import { appendAt } from "../../lib/effects/atomic_write.ts";
import { disk } from "../../lib/effects/disk.ts";
import { makeFiles, systemEffects } from "../../lib/effects/mod.ts";
import { GaitError } from "../../lib/errors/mod.ts";
import { checkpointSession } from "../../lib/session/checkpoint.ts";
import { appendEvent } from "../../lib/session/append.ts";
import { startSession } from "../../lib/session/start.ts";
import { keyFromSeed } from "../../lib/signing/mod.ts";
import { onStage } from "../support/gait.ts";
import { onSessionStage } from "../support/session.ts";

Deno.test("17: a link in the place of journal, lock or runpack is not followed", () =>
  onSessionStage(async ({ journal, folder, append, checkpoint, read, write }) => {
    await append();
    await write("victim", `${folder}/victim`);
    await Deno.symlink(`${folder}/victim`, `${folder}/one.zip`);
    await checkpoint("one");
    assert.equal(await read(`${folder}/victim`), "victim");
    assert((await Deno.lstat(`${folder}/one.zip`)).isFile, "the link was replaced");

    await Deno.symlink(`${folder}/victim`, `${journal}.lock`);
    await assert.rejects(append(), { code: "unsafe_operation" });
    await Deno.remove(`${journal}.lock`);

    await Deno.rename(journal, `${folder}/elsewhere`);
    await Deno.symlink(`${folder}/elsewhere`, journal);
    const before = await read(`${folder}/elsewhere`);
    await assert.rejects(append(), { code: "unsafe_operation" });
    assert.equal(await read(`${folder}/elsewhere`), before);
  }));

Deno.test("18: a journal that changes under its lock is not appended to", () =>
  onSessionStage(async ({ journal, append, read, write, effects }) => {
    await append();
    const files = makeFiles();
    const slipped = {
      ...effects,
      files: {
        ...files,
        async appendAt(path: string, size: number, content: Uint8Array, sync?: boolean) {
          await write(await read() + "\n"); // between the check and the write
          await files.appendAt(path, size, content, sync);
        },
      },
    };
    const before = await read();
    await assert.rejects(append("t", slipped), { code: "io_failure" });
    assert.equal(await read(), before + "\n");
    await assert.rejects(appendAt(disk, journal, 3, new Uint8Array(1), true));
  }));

Deno.test("19: ids with control characters and paths that climb are refused", async () => {
  const effects = systemEffects();
  for (const id of ["a\nb", "\u001b[2J", "a\u0000"]) {
    await assert.rejects(startSession("x.jsonl", { sessionId: id, runId: "r" }, effects, "1"), {
      code: "invalid_input",
    });
    await assert.rejects(startSession("x.jsonl", { sessionId: "s", runId: id }, effects, "1"), {
      code: "invalid_input",
    });
  }
  for (const path of ["../x", "a/../../x", ".", "/", " ", "a\u0000b"]) {
    await assert.rejects(startSession(path, { sessionId: "s", runId: "r" }, effects, "1"), {
      code: "invalid_input",
    });
  }
});

Deno.test("20: the private key that signs a checkpoint is in no output and no file, and a key file that others can read is reported", () =>
  onStage(async ({ gait, path, files, read }) => {
    await gait`keys init --out-dir k`;
    const secret = (await read("k/gait_private.key")).trim();
    await Deno.chmod(path("k/gait_private.key"), 0o644);
    await gait`run session start --journal s.jsonl --session-id s --run-id r`;
    await gait`run session append --journal s.jsonl --tool t --verdict allow`;
    const { code, json, stdout, stderr } = await gait`run session checkpoint --journal s.jsonl
      --out a.zip --json --private-key k/gait_private.key`;
    assert.deepEqual([code, json.warnings.length], [0, 1]);
    assert(!(stdout + stderr).includes(secret));
    for (const file of await files()) {
      if (!file.startsWith("k/")) assert(!(await read(file)).includes(secret), file);
    }
    await Deno.symlink(path("k/gait_private.key"), path("link.key"));
    const linked = await gait`run session checkpoint --journal s.jsonl --out b.zip
      --private-key link.key`;
    assert.equal(linked.code, 8);
  }));

Deno.test("21: a torn tail is cut by an explicit command alone", () =>
  onSessionStage(async ({ append, read, write, checkpoint, status }) => {
    await append();
    const torn = await read() + '{"record_type":"event","event":{"sequence":2';
    await write(torn);
    for (const act of [append, () => checkpoint("one"), status]) {
      await assert.rejects(act(), { code: "invalid_input", detail: "torn_tail" });
      assert.equal(await read(), torn);
    }
  }));

Deno.test("22: a folder that can't be written to gives an error and no half checkpoint", () =>
  onSessionStage(async ({ journal, folder, append, read, status, effects }) => {
    await append();
    const before = await read();
    await Deno.writeTextFile(`${folder}/file`, "");
    for (const [out, chainOut] of [["file/a.zip", ""], ["a.zip", "file/c.json"], [".", ""]]) {
      const request = { out: `${folder}/${out}`, chainOut: chainOut === "" ? "" : `${folder}/${chainOut}` };
      await assert.rejects(checkpointSession(journal, request, effects, "1"), { code: "invalid_input" });
    }
    assert.equal(await read(), before);
    assert.equal((await status()).checkpoints, 0);
  }));

Deno.test("23: an old lock of another program is taken; a young, a future or an empty one is waited for", () =>
  onSessionStage(async ({ journal, append, write, effects }) => {
    const lock = `${journal}.lock`;
    const hasty = {
      ...effects,
      env: { get: (name: string) => name.endsWith("TIMEOUT") ? "20ms" : undefined },
    };
    const at = (age: number) => `{"pid":1,"created_at":"${new Date(Date.now() - age).toISOString()}"}\n`;
    for (const young of [at(0), at(250_000), at(-1e9), "", "no json"]) {
      await write(young, lock);
      await assert.rejects(append("t", hasty), { code: "state_contention" }, young);
      assert.equal(await Deno.readTextFile(lock), young, "it must stay");
    }
    await write(at(310_000), lock);
    await append("t", hasty);
    // What says nothing of its age, or nonsense, has that of its file.
    for (const old of [at(-1e9), "", "no json"]) {
      await write(old, lock);
      await Deno.utime(lock, new Date(), new Date(Date.now() - 310_000));
      await append("t", hasty);
      await assert.rejects(Deno.stat(lock));
    }
  }));

Deno.test("24: writers in one process and checkpoints between them lose nothing and keep the order", () =>
  onSessionStage(async ({ append, checkpoint, status, verify }) => {
    await append();
    const key = await keyFromSeed(new Uint8Array(32).fill(7));
    const work = Array.from({ length: 32 }, () => append());
    const [numbers] = await Promise.all([Promise.all(work), checkpoint("one", key)]);
    assert.deepEqual(numbers.sort((a, b) => a - b), Array.from({ length: 32 }, (_, i) => i + 2));
    assert.deepEqual(await status(), { last: 33, events: 33, checkpoints: 1 });
    assert((await verify()).checkpoints.length === 1);
  }));

Deno.test("a file in the place of runpack or chain that can't be read is not replaced", () =>
  onSessionStage(async ({ journal, chain, folder, append, read, write, effects }) => {
    await append();
    const out = `${folder}/one.zip`;
    const before = await read();
    for (const hidden of [out, chain]) {
      await write("who knows", hidden);
      const files = {
        ...effects.files,
        read(path: string, limit?: number) {
          if (path === hidden) throw new GaitError("io_failure", "no permission");
          return effects.files.read(path, limit);
        },
      };
      const sealing = checkpointSession(journal, { out }, { ...effects, files }, "1");
      await assert.rejects(sealing, { code: "io_failure" }, hidden);
      assert.equal(await read(hidden), "who knows");
      assert.equal(await read(), before);
      await Deno.remove(hidden);
    }
  }));

Deno.test("a checkpoint replaces no checkpoint of another session, or of an earlier journal, that has its run id", () =>
  onSessionStage(async ({ journal, folder, append, checkpoint, effects }) => {
    await append();
    await checkpoint("one");
    const before = await Deno.readFile(`${folder}/one.zip`);
    const other = `${folder}/other.jsonl`;
    await startSession(other, { sessionId: "other", runId: "r" }, effects, "1.0.0");
    await appendEvent(other, { toolName: "t", verdict: "allow" }, effects, "1.0.0");
    const sealing = checkpointSession(other, { out: `${folder}/one.zip` }, effects, "1.0.0");
    await assert.rejects(sealing, { code: "invalid_input" });
    for (const name of await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)) {
      if (name !== "one.zip") await Deno.remove(`${folder}/${name}`);
    }
    await startSession(journal, { sessionId: "s", runId: "r" }, effects, "1.0.0");
    await append("another");
    await assert.rejects(checkpoint("one"), { code: "invalid_input" });
    assert.deepEqual(await Deno.readFile(`${folder}/one.zip`), before);
  }));

Deno.test("a checkpoint replaces nothing but an empty file in the place of runpack, chain or head", () =>
  onSessionStage(async ({ journal, chain, head, folder, append, read, write, effects }) => {
    await append();
    const out = `${folder}/one.zip`;
    const chainOut = `${folder}/copy.json`;
    const seal = () => checkpointSession(journal, { out, chainOut }, effects, "1.0.0");
    const before = await read();
    for (const taken of [out, chain, head, chainOut, `${folder}/copy.head.json`]) {
      for (const text of ["a private key", '{"schema_id":"gait.gate.trace"}']) {
        await write(text, taken);
        await assert.rejects(seal(), { code: "invalid_input", detail: "output_exists" }, taken);
        assert.deepEqual([await read(taken), await read()], [text, before], taken);
      }
      await write("", taken);
    }
    await seal();
    await append();
    const next = await checkpointSession(journal, { out: `${folder}/two.zip`, chainOut }, effects, "1.0.0");
    assert.equal(next.checkpoint.checkpoint_index, 2);
  }));
