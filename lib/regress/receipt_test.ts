import assert from "node:assert/strict";
import { makeFiles } from "../effects/mod.ts";
import { followReceipt } from "./receipt.ts";

async function withFile(content: string, check: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/receipt.json`, content);
    await check(`${folder}/receipt.json`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const places = { files: makeFiles(), home: undefined };
const receipt = (more: object) =>
  JSON.stringify({
    schema_id: "gait.capture.receipt",
    schema_version: "1.0.0",
    artifact_type: "runpack",
    ...more,
  });

Deno.test("followReceipt() gives the artifact, as a file path", () =>
  withFile(receipt({ artifact_path: "run_a", ok: false }), async (path) => {
    assert.equal((await followReceipt({ from: path }, places)).from, "./run_a");
  }));

Deno.test("followReceipt() prefers the session chain", () =>
  withFile(receipt({ artifact_path: "cp.zip", session_chain_path: "s/chain.json" }), async (path) => {
    assert.equal((await followReceipt({ from: path }, places)).from, "s/chain.json");
  }));

Deno.test("followReceipt() refuses the receipt of a trace", () =>
  withFile(receipt({ artifact_path: "t.json", artifact_type: "trace" }), async (path) => {
    await assert.rejects(followReceipt({ from: path }, places), { code: "invalid_input" });
  }));

for (
  const other of [
    "{}",
    "no json",
    receipt({}),
    receipt({ artifact_path: " " }),
    receipt({ schema_version: "2.0.0", artifact_path: "x" }),
  ]
) {
  Deno.test(`followReceipt() passes on what is not a receipt: ${other.slice(0, 90)}`, () =>
    withFile(
      other,
      async (path) =>
        assert.deepEqual(await followReceipt({ from: path }, places), { from: path, checkpoint: undefined }),
    ));
}

Deno.test("followReceipt() leaves alone a run id", async () => {
  assert.equal((await followReceipt({ from: "run_demo" }, places)).from, "run_demo");
});

Deno.test("followReceipt() keeps the checkpoint and the digest that were captured", () =>
  withFile(
    receipt({
      artifact_path: "cp.zip",
      session_chain_path: "s/chain.json",
      checkpoint_index: 2,
      manifest_digest: "d",
    }),
    async (path) => {
      const captured = await followReceipt({ from: path }, places);
      assert.deepEqual([captured.checkpoint, captured.manifestDigest], ["2", "d"]);
      // Another checkpoint is another runpack, whose digest the receipt does not know.
      const other = await followReceipt({ from: path, checkpoint: "1" }, places);
      assert.deepEqual([other.checkpoint, other.manifestDigest], ["1", undefined]);
    },
  ));
