import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage } from "../support/gait.ts";

const run = (id: string) => JSON.stringify({ run: { run_id: id, created_at: "2026-04-01T09:00:00Z" } });

for (
  const id of ["x/y", "../y", "a\\b", "a..b", "tab\there", "nul\u0000", "esc\u001b[31m", "x".repeat(300)]
) {
  Deno.test(`run id ${JSON.stringify(id.slice(0, 12))} is refused before anything is created`, () =>
    onStage(async ({ gait, write, files }) => {
      await write("run.json", run(id));
      const record = await gait`run record run.json --out-dir out --json`;
      assert.deepEqual([record.code, record.json.ok], [6, false]);
      assert.deepEqual(await files(), ["run.json"]);
    }));
}

Deno.test("an output folder outside the working folder is refused before it is created", () =>
  onStage(async ({ gait, write, folder }) => {
    await write("in/run.json", run("run_x"));
    const { code } = await gait`run record in/run.json --out-dir ../gait-escape`;
    assert.equal(code, 6);
    await assert.rejects(Deno.stat(`${folder}/../gait-escape`), Deno.errors.NotFound);
  }));

Deno.test("a run id that a ticket can't carry is recorded with a warning", () =>
  onStage(async ({ gait, write }) => {
    await write("run.json", run("a.b"));
    const record = await gait`run record run.json --json`;
    assert.equal(record.code, 0);
    assert.equal(record.json.warnings.length, 1);
  }));

Deno.test("exit codes never depend on words in a message", () =>
  onStage(async ({ gait }) => {
    for (const target of ["./block.zip", "./contention.zip", "./timeout.zip", "lock"]) {
      assert.equal((await gait`verify ${target}`).code, 6, target);
    }
    assert.equal((await gait`verify run_x --lockbox`).code, 6);
  }));

Deno.test("--json counts wherever it stands", () =>
  onStage(async ({ gait }) => {
    for (
      const args of [["demo", "--bogus", "--json"], ["run", "bogus", "--json"], ["run", "--json"], [
        "verify",
        "--json",
      ]]
    ) {
      const { code, json } = await gait(...args);
      assert.deepEqual([code, json.ok, json.error_code], [6, false, "invalid_input"], args.join(" "));
    }
  }));

Deno.test("-- protects what stands behind it", () =>
  onStage(async ({ gait }) => {
    const { code, json } = await gait`verify --json -- -json`;
    assert.deepEqual([code, json.ok], [6, false]);
    assert.match(json.error, /-json/);
  }));

Deno.test("errors of text mode go to standard error, and standard output stays empty", () =>
  onStage(async ({ gait }) => {
    const { code, stdout, stderr } = await gait`verify nowhere`;
    assert.deepEqual([code, stdout], [6, ""]);
    assert.match(stderr, /^verify error: /);
    assert.match(stderr, /next: /);
  }));

Deno.test("control characters in data are escaped before they reach a terminal", () =>
  onStage(async ({ gait, write }) => {
    const record = {
      run: { run_id: "run_c" },
      intents: [{ intent_id: "i", tool_name: "rm\u001b[2K\u202e", args: {} }],
    };
    await write("run.json", JSON.stringify(record));
    await gait`run record run.json`;
    const { stdout } = await gait`run inspect run_c`;
    assert.ok(stdout.includes("rm\\x1b[2K\\u202e"));
    assert.ok(!stdout.includes("\u001b"));
  }));

Deno.test("a failed write leaves the old file and no part of a new one", () =>
  onStage(async ({ gait, write, path, files, bytes }) => {
    await write("run.json", run("run_w"));
    await gait`run record run.json`;
    const before = await bytes("gait-out/runpack_run_w.zip");
    await Deno.remove(path("gait-out/runpack_run_w.zip"));
    await Deno.mkdir(path("gait-out/runpack_run_w.zip")); // a folder in the place of the target
    assert.equal((await gait`run record run.json --json`).code, 6);
    assert.deepEqual((await files()).filter((file) => file !== "run.json"), []);
    assert.ok(before.length > 0);
  }));

Deno.test("a private key behind a symbolic link is refused with 8", () =>
  onStage(async ({ gait, write, path }) => {
    await write("run.json", run("run_s"));
    await gait`keys init --out-dir keys`;
    await Deno.symlink(path("keys/gait_private.key"), path("link.key"));
    assert.equal((await gait`run record run.json --private-key link.key`).code, 8);
  }));

Deno.test("private keys appear in no output", () =>
  onStage(async ({ gait, gaitWith, write, read }) => {
    await write("run.json", run("run_p"));
    await gait`keys init --out-dir keys`;
    const secret = (await read("keys/gait_private.key")).trim();
    await write("half.key", secret.slice(0, 60) + "\n");
    for (
      const args of [
        argv`keys verify --private-key keys/gait_private.key`,
        argv`keys verify --private-key half.key`,
        argv`keys verify --private-key-env SECRET`,
        argv`run record run.json --private-key half.key`,
        argv`run record run.json --private-key keys/gait_private.key`,
      ]
    ) {
      for (const more of [[], ["--json"]]) {
        const { stdout, stderr } = await gaitWith(
          { env: { SECRET: secret } },
          ...argv`${args}
          ${more}`,
        );
        assert.ok(!(stdout + stderr).includes(secret.slice(0, 40)), args.join(" "));
      }
    }
  }));

Deno.test("gait demo keeps no private key behind a linked folder", () =>
  onStage(async ({ gait, path }) => {
    await Deno.mkdir(path("elsewhere"));
    await Deno.symlink(path("elsewhere"), path(".gait"));
    assert.equal((await gait`demo --json`).code, 8);
    assert.deepEqual([...Deno.readDirSync(path("elsewhere"))], []);
  }));

Deno.test("an archive of thousands of small entries is verified without taking them all into memory at once", () =>
  onStage(async ({ gait, write }) => {
    const { writeZip } = await import("../../lib/formats/zip/write.ts");
    const content = new Uint8Array(1000);
    const files = Array.from({ length: 3000 }, (_, i) => ({ name: `f${i}`, content }));
    const listed = files.map(({ name }) => ({ path: name, sha256: "0".repeat(64) }));
    const manifest = {
      schema_id: "gait.runpack.manifest",
      schema_version: "1.0.0",
      run_id: "r",
      files: listed,
    };
    const bytes = new TextEncoder().encode(JSON.stringify(manifest));
    await write("many.zip", await writeZip([...files, { name: "manifest.json", content: bytes }]));
    const { code, json } = await gait`verify ./many.zip --json`;
    assert.equal(code, 2);
    assert.equal(json.hash_mismatches.length, 3001); // every entry, and the manifest's own digest
  }));
