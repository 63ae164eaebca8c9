import assert from "node:assert/strict";
import { openZip } from "../formats/zip/mod.ts";
import { canonicalize, readJsonObject } from "../formats/json/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { writeZip } from "../formats/zip/write.ts";
import { sha256 } from "../signing/mod.ts";
import { manifestDigest } from "../runpack/manifest.ts";
import { ambiguousRunpack, memoryFiles, packOf, runpackOf } from "./_test_runs.ts";
import { resolveSource } from "./source.ts";

const CALLS = [{ tool: "a" }];
const refused = { code: "invalid_input" };

async function chainOf(...entries: { index: number; path: string; digest?: string }[]) {
  return canonicalize({
    session_id: "s",
    run_id: "run_s",
    checkpoints: await Promise.all(entries.map(({ index, path, digest = "" }) => ({
      checkpoint_index: index,
      runpack_path: path,
      manifest_digest: digest,
    }))),
  });
}

/** A runpack with another text in one entry; its digests hold all the same, or are those of before. */
async function rewritten(pack: Uint8Array<ArrayBuffer>, entry: string, text: string, digests: "new" | "old") {
  const archive = openZip(pack);
  const manifest = readJsonObject(await archive.read("manifest.json"), { what: "manifest" });
  const entries = [];
  for (const name of archive.names.filter((name) => name !== "manifest.json")) {
    entries.push({ name, content: name === entry ? utf8(text) : await archive.read(name) });
  }
  if (digests === "new") {
    manifest.files = await Promise.all(
      entries.map(async ({ name, content }) => ({ path: name, sha256: await sha256(content) })),
    );
    manifest.manifest_digest = await manifestDigest(manifest);
  }
  return await writeZip([...entries, { name: "manifest.json", content: utf8(canonicalize(manifest)) }]);
}

Deno.test("resolveSource() takes a path as it is and looks a run id up, first here, then at home", async () => {
  const files = memoryFiles({
    "x.zip": await runpackOf("run_x", CALLS),
    "gait-out/runpack_run_y.zip": await runpackOf("run_y", CALLS),
    "/home/me/.gait/runpacks/runpack_run_z.zip": await runpackOf("run_z", CALLS),
  });
  const places = { files, home: "/home/me" };
  for (const [from, runId] of [["x.zip", "run_x"], ["run_y", "run_y"], ["run_z", "run_z"]] as const) {
    assert.equal((await resolveSource({ from }, places)).runId, runId);
  }
  for (const from of ["", " run_y ", "run_nowhere", "./nowhere.zip", "gait-out"]) {
    await assert.rejects(resolveSource({ from }, places), refused, from);
  }
});

Deno.test("resolveSource() takes the wanted checkpoint of a chain", async () => {
  const [one, two] = [await runpackOf("run_1", CALLS), await runpackOf("run_2", CALLS)];
  const files = memoryFiles({
    "s/one.zip": one,
    "two.zip": two,
    "s/chain.json": await chainOf({ index: 2, path: "two.zip" }, { index: 1, path: "one.zip" }),
  });
  const places = { files, home: undefined };
  const at = async (checkpoint?: string) => {
    const request = { from: "s/chain.json", ...(checkpoint === undefined ? {} : { checkpoint }) };
    const source = await resolveSource(request, places);
    return [source.runId, source.checkpoint?.index, source.checkpoint?.chain];
  };
  for (const checkpoint of [undefined, "LATEST", "2", "02", "2x", "+2"]) {
    assert.deepEqual(await at(checkpoint), ["run_2", 2, "s/chain.json"], checkpoint);
  }
  for (const checkpoint of ["1", "1e9"]) {
    assert.deepEqual(await at(checkpoint), ["run_1", 1, "s/chain.json"], checkpoint);
  }
  for (const checkpoint of ["", " ", "0", "3", "-1", "x1", "++1", "+"]) {
    await assert.rejects(at(checkpoint), refused, checkpoint);
  }
});

Deno.test("resolveSource() refuses a checkpoint whose file is not the one that the chain recorded", async () => {
  const pack = await runpackOf("run_1", CALLS);
  const { manifest } = await packOf("run_1", CALLS);
  const files = memoryFiles({
    "one.zip": pack,
    "s/good.json": await chainOf({ index: 1, path: "one.zip", digest: manifest.manifest_digest }),
    "s/bad.json": await chainOf({ index: 1, path: "one.zip", digest: "0".repeat(64) }),
    "s/twice.json": await chainOf({ index: 1, path: "one.zip" }, { index: 1, path: "one.zip" }),
    "s/nothing.json": "{}",
  });
  const places = { files, home: undefined };
  assert.equal((await resolveSource({ from: "s/good.json" }, places)).runId, "run_1");
  for (const name of ["bad", "nothing"]) {
    await assert.rejects(resolveSource({ from: `s/${name}.json` }, places), refused, name);
  }
  await assert.rejects(resolveSource({ from: "s/twice.json", checkpoint: "1" }, places), refused);
});

Deno.test("resolveSource() says how to name a file that is taken for a run id", async () => {
  const files = memoryFiles({ "chain.json": "{}" });
  await assert.rejects(resolveSource({ from: "chain.json" }, { files, home: undefined }), {
    ...refused,
    hint: "Write ./chain.json for the file",
  });
});

Deno.test("resolveSource() refuses damage, and takes a run whose records alone don't read", async () => {
  const pack = await runpackOf("run_x", CALLS);
  const flipped = pack.slice();
  flipped[pack.length >> 1]! ^= 1;
  const files = memoryFiles({
    "flipped.zip": flipped,
    "text.zip": "no zip",
    "changed.zip": await rewritten(pack, "results.jsonl", "", "old"),
    "odd.zip": await rewritten(pack, "results.jsonl", "no json\n", "new"),
    "other.zip": await rewritten(pack, "run.json", canonicalize({ run_id: "run_other" }), "new"),
  });
  const places = { files, home: undefined };
  for (const from of ["flipped.zip", "text.zip", "changed.zip", "other.zip"]) {
    await assert.rejects(resolveSource({ from }, places), refused, from);
  }
  const odd = await resolveSource({ from: "odd.zip" }, places);
  assert.deepEqual([odd.runId, odd.pack, typeof odd.unreadable], ["run_x", undefined, "string"]);
});

Deno.test("resolveSource() calls an ambiguous archive a failed verification", async () => {
  const files = memoryFiles({ "twice.zip": await ambiguousRunpack("run_x") });
  await assert.rejects(resolveSource({ from: "twice.zip" }, { files, home: undefined }), {
    code: "verification_failed",
  });
});
