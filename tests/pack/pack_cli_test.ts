import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { jobPackSample, runPackSample, swap } from "../support/sample_packs.ts";

async function keysFor({ gait }: Stage): Promise<void> {
  assert.equal((await gait`keys init --out-dir keys --prefix team`).code, 0);
}

Deno.test("a run becomes a pack that verifies strictly, shows itself and equals itself", () =>
  onStage(async (stage) => {
    const { gait } = stage;
    await keysFor(stage);
    assert.equal((await gait("demo")).code, 0);
    const built = await gait`pack build run_demo --private-key keys/team_private.key --json`;
    assert.equal(built.code, 0, built.stdout);
    const { path, pack_id } = built.json;
    assert.equal(path, `gait-out/pack_${pack_id}.zip`);
    const again = await gait`pack build run_demo --private-key keys/team_private.key --json`;
    assert.equal(again.json.pack_id, pack_id);
    const verified = await gait`pack verify ${path} --profile strict
      --public-key keys/team_public.key --json`;
    assert.equal(verified.code, 0, verified.stdout);
    assert.equal(verified.json.verify.signature_status, "verified");
    assert.equal(verified.json.verify.findings, undefined);
    const shown = await gait`pack inspect ${path} --json`;
    assert.equal(shown.json.integrity_ok, true);
    assert.equal(shown.json.inspect.run_payload.run_id, "run_demo");
    assert.equal((await gait`pack diff ${path} ${path}`).code, 0);
  }));

Deno.test("a pack of a fresh key prints the public key that verifies it", () =>
  onStage(async ({ gait, gaitWith }) => {
    await gait("demo");
    const built = await gait`pack build run_demo --out p.zip --key-mode dev --json`;
    assert.equal(built.code, 0, built.stdout);
    const verified = await gaitWith(
      { env: { FRESH: built.json.public_key } },
      ...argv`pack verify p.zip --require-signature --public-key-env FRESH`,
    );
    assert.equal(verified.code, 0, verified.stdout);
  }));

Deno.test("many packs are verified in one call with one report, and one bad one fails it", () =>
  onStage(async ({ gait, write }) => {
    for (let i = 0; i < 5; i++) await write(`packs/${i}.zip`, await runPackSample());
    const all = await gait`pack verify packs --json`;
    assert.deepEqual([all.code, all.json.packs_total, all.json.packs_ok], [0, 5, 5]);
    await write("packs/3.zip", await swap(await runPackSample(), { "run_payload.json": "{}" }));
    await write("packs/text.zip", "no archive");
    const some = await gait`pack verify packs/*.zip --jobs 2 --json`;
    assert.deepEqual([some.code, some.json.ok, some.json.packs_failed], [2, false, 2]);
    const failed = some.json.packs.filter(({ ok }: { ok: boolean }) => !ok);
    assert.deepEqual(failed.map(({ path }: { path: string }) => path), ["packs/3.zip", "packs/text.zip"]);
    const named = await gait`pack verify --jobs 2 packs/0.zip packs/3.zip`;
    assert.equal(named.code, 2);
    assert.ok(named.stdout.includes("packs/3.zip"));
    assert.equal(named.stderr, "", "no progress where nobody looks on");
    for (const jobs of ["0", "-1", "257", "many"]) {
      assert.equal((await gait`pack verify packs --jobs=${jobs}`).code, 6, jobs);
    }
    assert.equal((await gait`pack verify empty/*.zip`).code, 6);
  }));

Deno.test("a run is read from a pack only when the whole pack verifies", () =>
  onStage(async ({ gait, write }) => {
    await write("p.zip", await runPackSample());
    await write("bad.zip", await swap(await runPackSample(), { "run_payload.json": "{}" }));
    for (const command of ["inspect", "replay", "reduce --predicate non_ok_status", "diff ./p.zip"]) {
      const whole = await gait`run ${command.split(" ")} ./p.zip`;
      assert.ok(!whole.stderr.includes("does not verify"), `${command}: ${whole.stderr}`);
      const damaged = await gait`run ${command.split(" ")} ./bad.zip`;
      assert.equal(damaged.code, 6, command);
      assert.ok(damaged.stderr.includes("next: See what is wrong with it: gait pack verify ./bad.zip"));
    }
  }));

Deno.test("a pack that is given for the runpack in it is told from other archives", () =>
  onStage(async ({ gait, write }) => {
    await write("p.zip", await runPackSample());
    for (const command of ["run receipt --from", "guard pack --run", "migrate"]) {
      const refused = await gait`${command.split(" ")} ./p.zip`;
      assert.equal(refused.code, 6, command);
      assert.ok(refused.stderr.includes("It is a pack, which holds the runpack: unzip -p"), refused.stderr);
    }
    const guard = await gait`guard verify p.zip`;
    assert.deepEqual([guard.code, guard.stderr.includes("gait pack verify")], [6, true]);
  }));

Deno.test("export writes nothing unless all of it can be written", () =>
  onStage(async ({ gait, write, files }) => {
    await write("p.zip", await runPackSample());
    await write("bad.zip", await swap(await runPackSample(), { "run_payload.json": "{}" }));
    for (
      const args of [
        argv`p.zip --otel-out o.jsonl --postgres-sql-out i.sql --postgres-table 'a;b'`,
        argv`p.zip --otel-out o.jsonl --postgres-sql-out no/dir/i.sql`,
        argv`p.zip --otel-out o.jsonl --postgres-include-ddl false`,
        argv`p.zip --otel-out o.jsonl --require-signature`,
        argv`bad.zip --otel-out o.jsonl --require-integrity`,
      ]
    ) {
      const { code } = await gait`pack export ${args}`;
      assert.ok(code === 6 || code === 2, args.join(" "));
    }
    assert.deepEqual(await files(), ["bad.zip", "p.zip"]);
    const damaged = await gait`pack export bad.zip --otel-out o.jsonl --json`;
    assert.equal(damaged.code, 0);
    assert.equal(damaged.json.warnings.length, 1);
    const plain = await gait`pack export p.zip --postgres-sql-out i.sql
      --postgres-include-ddl=false`;
    assert.equal(plain.code, 0, plain.stderr);
  }));

Deno.test("export replaces neither the pack nor another output, whatever they are called", () =>
  onStage(async ({ gait, write, bytes, path, files }) => {
    const pack = await runPackSample();
    await write("p.zip", pack);
    await Deno.symlink("p.zip", path("link.zip"));
    for (
      const args of [
        ["p.zip", "--html", path("p.zip")],
        ["p.zip", "--otel-out", path("p.zip")],
        ["link.zip", "--html", "p.zip"],
        argv`p.zip --html x --postgres-sql-out ${path("x")}`,
      ]
    ) assert.equal((await gait`pack export ${args}`).code, 6, args.join(" "));
    assert.deepEqual(await bytes("p.zip"), pack);
    assert.deepEqual(await files(), ["link.zip", "p.zip"]);
  }));

Deno.test("build never replaces what the pack is made of", () =>
  onStage(async ({ gait, bytes, path }) => {
    await gait("demo");
    await gait`keys init --out-dir keys`;
    const source = "gait-out/runpack_run_demo.zip";
    const before = await bytes(source);
    const key = await bytes("keys/gait_private.key");
    for (const out of [source, path(source), "keys/gait_private.key"]) {
      const { code, json } =
        await gait`pack build --from run_demo --out ${out} --json --private-key keys/gait_private.key`;
      assert.deepEqual([code, json.ok], [6, false], out);
    }
    assert.deepEqual([await bytes(source), await bytes("keys/gait_private.key")], [before, key]);
  }));

Deno.test("no result replaces what it was made of, the key among it", () =>
  onStage(async ({ gait, bytes, path, files }) => {
    const [source, key] = ["gait-out/runpack_run_demo.zip", "keys/gait_private.key"];
    const [journal, signed] = [["--journal", "s.jsonl"], ["--private-key", key]];
    await gait("demo");
    await gait`keys init --out-dir keys`;
    await gait`pack build run_demo --out p.zip ${signed}`;
    await gait`run session start ${journal} --session-id s --run-id r`;
    for (const out of ["one.zip", undefined]) {
      await gait`run session append ${journal} --tool t --verdict block`;
      if (out) await gait`run session checkpoint ${journal} --out ${out}`;
    }
    const inputs = [source, "p.zip", key, "one.zip"];
    const before = await Promise.all(inputs.map(bytes));
    const names = await files();
    for (
      const args of [
        argv`pack diff p.zip ${source} --output ${path("p.zip")}`,
        argv`pack diff p.zip ${source} --output ${source}`,
        argv`pack export p.zip --otlp-json ${key} ${signed}`,
        argv`pack export p.zip --postgres-sql-out ${path(key)} ${signed}`,
        argv`run diff ${source} one.zip --output ${path(source)}`,
        argv`run reduce one.zip --predicate non_ok_status --out one.zip`,
        argv`run reduce one.zip --predicate non_ok_status --report-out ${path("one.zip")}`,
        argv`run session checkpoint ${journal} --out ${path(key)} ${signed}`,
        argv`run session checkpoint ${journal} --out two.zip --chain-out ${key} ${signed}`,
        argv`run session chain ${journal} --out ${key} ${signed}`,
      ]
    ) {
      const { code, json } = await gait`${args} --json`;
      assert.deepEqual([code, json.ok, json.error_code], [6, false, "invalid_input"], args.join(" "));
    }
    assert.deepEqual(await Promise.all(inputs.map(bytes)), before);
    assert.deepEqual(await files(), names);
  }));

Deno.test("a folder with a pack that can't be opened is not ok", () =>
  onStage(async ({ gait, write, path }) => {
    await write("f/good.zip", await runPackSample());
    assert.equal((await gait`pack verify f`).code, 0);
    await Deno.symlink("gone.zip", path("f/lost.zip"));
    await new Deno.Command("mkfifo", { args: [path("f/pipe.zip")] }).output();
    for (const target of ["f", "f/*.zip", "**/*.zip"]) {
      const { code, json } = await gait`pack verify ${target} --json`;
      assert.deepEqual([code, json.ok, json.packs_total, json.packs_failed], [2, false, 3, 2], target);
    }
  }));

Deno.test("a path that gait has no permission for is bad input, not a failure of the system", () =>
  onStage(async ({ gait }) => {
    const { code, json } = await gait`pack verify /proc/1/mem --json`;
    assert.deepEqual([code, json.error_code], [6, "invalid_input"]);
  }));

Deno.test("what a pack says is printed without its control characters", () =>
  onStage(async ({ gait, write }) => {
    const evil = "run_\u001b[31mred\u0007\u009b2J";
    await write("p.zip", await runPackSample(undefined, (run) => run.run.run_id = evil));
    for (
      const args of [
        ["verify", "p.zip"],
        ["inspect", "p.zip"],
        argv`export p.zip
        --otel-out o.jsonl`,
      ]
    ) {
      const { stdout, stderr } = await gait`pack ${args}`;
      // deno-lint-ignore no-control-regex
      assert.ok(!/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(stdout + stderr), args.join(" "));
    }
  }));

Deno.test("a word in a path does not decide the status (weak spot 1)", () =>
  onStage(async ({ gait }) => {
    for (const name of ["lock.zip", "timeout.zip", "block/contention.zip"]) {
      for (const args of [["verify", name], ["inspect", name], ["diff", name, name], ["build", name]]) {
        const { code, json } = await gait`pack ${args} --json`;
        assert.deepEqual([code, json.error_code], [6, "invalid_input"], args.join(" "));
      }
    }
  }));

Deno.test("text output says what is different, and which side is damaged", () =>
  onStage(async ({ gait, write }) => {
    await write("a.zip", await runPackSample());
    await write(
      "b.zip",
      await runPackSample(undefined, (run) => run.refs.receipts[0].content_digest = "cd".repeat(32)),
    );
    await write("c.zip", await swap(await jobPackSample(), { "job_state.json": "{}" }));
    const drift = await gait`pack diff a.zip b.zip`;
    assert.equal(drift.code, 2);
    assert.ok(drift.stdout.includes("ref_3") && drift.stdout.includes("content_digest"));
    const damaged = await gait`pack diff a.zip c.zip --json`;
    assert.deepEqual([damaged.json.left_integrity_ok, damaged.json.right_integrity_ok], [true, false]);
    await write("d.zip", await swap(await runPackSample(), { "run_payload.json": "{}" }));
    const same = await gait`pack diff a.zip d.zip`;
    assert.ok(!same.stdout.includes("ok"), same.stdout);
  }));
