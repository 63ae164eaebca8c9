/** Packs and exports when the disk fails: an error, never an ok, and what was there stays. */
import assert from "node:assert/strict";
import build from "../../lib/commands/pack/build.ts";
import { parseArguments } from "../../lib/cli/parse.ts";
import exportPack from "../../lib/commands/pack/export.ts";
import { fakeEffects } from "../support/fake_effects.ts";
import { memoryFiles } from "../support/memory_files.ts";
import { runPackSample } from "../support/sample_packs.ts";
import { packSample } from "../support/sample_run.ts";

// deno-lint-ignore no-explicit-any -- commands of different flags
function call(command: any, given: Record<string, string | boolean>, files: ReturnType<typeof memoryFiles>) {
  const flags = { ...parseArguments(command, []).flags, ...given };
  return command.run({ flags, positionals: [], effects: fakeEffects({ files }), version: "1.0.0" });
}

Deno.test("a pack that can't be written leaves the old one, and the command fails", async () => {
  const files = memoryFiles({ "rp.zip": (await packSample()).bytes, "out/p.zip": "the old one" });
  files.breakWrites("out/p.zip");
  await assert.rejects(call(build, { from: "rp.zip", out: "out/p.zip", force: true }, files), {
    code: "io_failure",
  });
  assert.equal(files.text("out/p.zip"), "the old one");
});

const LOG = '{"record_type":"span"}\n';

Deno.test("an export that can't be written fails, and appends nothing before", async () => {
  const files = memoryFiles({ "p.zip": await runPackSample(), "o.jsonl": LOG });
  files.breakWrites("i.sql");
  const asked = { path: "p.zip", "postgres-sql-out": "i.sql", "otel-out": "o.jsonl" };
  await assert.rejects(call(exportPack, asked, files), { code: "io_failure" });
  assert.equal(files.text("o.jsonl"), LOG);
  assert.equal(files.text("i.sql"), undefined);
});

Deno.test("an export appends all of its lines or none", async () => {
  const files = memoryFiles({ "p.zip": await runPackSample() });
  for (let time = 1; time <= 2; time++) {
    await call(exportPack, { path: "p.zip", "otel-out": "o.jsonl" }, files);
    assert.equal(files.text("o.jsonl")!.split("\n").length - 1, 8 * time);
  }
  files.breakWrites("o.jsonl");
  await assert.rejects(call(exportPack, { path: "p.zip", "otel-out": "o.jsonl" }, files), {
    code: "io_failure",
  });
  assert.equal(files.text("o.jsonl")!.split("\n").length - 1, 16);
});
