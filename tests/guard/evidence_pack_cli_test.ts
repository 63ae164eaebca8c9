import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { anAudit, aTrace, signedTrace } from "../support/sample_evidence.ts";
import { packSample, testKey } from "../support/sample_run.ts";
import { formatPrivateKey, formatPublicKey } from "../../lib/signing/mod.ts";

const key = await testKey(7);
const gateKey = await testKey(8);

/** A run, its evidence and the keys of those who signed them. */
async function setUp({ write, path }: Stage): Promise<void> {
  await write("gait-out/runpack_run_sample.zip", (await packSample(() => {}, gateKey)).bytes);
  await write("gait-out/trace_1.json", JSON.stringify(await signedTrace(gateKey)));
  await write("gait-out/approval_audit_1.json", JSON.stringify(anAudit()));
  await write("private.key", formatPrivateKey(key));
  await Deno.chmod(path("private.key"), 0o600);
  await write("public.key", formatPublicKey(key.public));
  await write(".gait/trust/gate.key", formatPublicKey(gateKey.public));
}

Deno.test("evidence with its originals goes from one machine to another", () =>
  onStage(async (stage) => {
    const { gait, folder } = stage;
    await setUp(stage);
    const built = await gait`guard pack run_sample --trace gait-out/trace_1.json --attach --key-mode prod
      --private-key private.key --case-id C-1 --render-pdf --out hand/over.zip --json`;
    assert.equal(built.code, 0, built.stdout);
    assert.deepEqual(built.json.traces, [{ trace_id: "trace_1", signature_status: "verified" }]);
    assert.equal(built.json.public_key, undefined);
    assert.equal((await Deno.stat(`${folder}/hand/over.zip`)).mode! & 0o777, 0o600);
    const verified = await gait`guard verify hand/over.zip --profile strict --public-key public.key --json`;
    assert.equal(verified.code, 0, verified.stdout);
    assert.deepEqual(
      verified.json.originals.map(({ signature_status }: { signature_status: string }) => signature_status),
      [
        "verified",
        "verified",
      ],
    );
    assert.equal((await gait`guard verify --path hand/over.zip`).code, 0);
    assert.equal((await gait`pack verify hand/over.zip`).code, 0);
  }));

Deno.test("the same evidence again, signed by another fresh key, is moved aside and not replaced", () =>
  onStage(async (stage) => {
    const { gait, gaitWith, bytes } = stage;
    await setUp(stage);
    const first = await gait`guard pack run_sample --json`;
    assert.equal(first.code, 0, first.stdout);
    const kept = await bytes(first.json.pack_path);
    const second = await gait`guard pack run_sample --json`;
    assert.equal(second.code, 0, second.stdout);
    assert.equal(second.json.pack_path, first.json.pack_path);
    assert.deepEqual(await bytes(second.json.older_kept_as), kept);
    const verified = await gaitWith(
      { env: { FRESH: second.json.public_key } },
      ...argv`guard verify ${second.json.pack_path} --require-signature --public-key-env FRESH`,
    );
    assert.equal(verified.code, 0, verified.stdout);
  }));

Deno.test("an evidence pack in the place of another archive keeps that one and names it", () =>
  onStage(async (stage) => {
    const { gait, bytes } = stage;
    await setUp(stage);
    assert.equal((await gait`guard pack run_sample --out e.zip`).code, 0);
    const older = await bytes("e.zip");
    const { code, json } = await gait`incident pack run_sample --out e.zip --json`;
    assert.deepEqual([code, json.older_kept_as], [0, "e_2.zip"]);
    assert.deepEqual(await bytes("e_2.zip"), older);
    assert.equal((await gait`guard verify e.zip`).code, 0);
  }));

Deno.test("an output never replaces what was read, nor another kind of file without --force", () =>
  onStage(async (stage) => {
    const { gait, read, write, bytes } = stage;
    await setUp(stage);
    const before = await bytes("gait-out/runpack_run_sample.zip");
    for (const command of ["guard", "incident"]) {
      for (
        const out of ["gait-out/runpack_run_sample.zip", "./gait-out/../gait-out/runpack_run_sample.zip"]
      ) {
        assert.equal((await gait(command, "pack", "run_sample", "--out", out, "--force")).code, 6);
      }
    }
    assert.equal(
      (await gait`guard pack run_sample --trace gait-out/trace_1.json --out gait-out/trace_1.json --force`)
        .code,
      6,
    );
    assert.deepEqual(await bytes("gait-out/runpack_run_sample.zip"), before);
    await write("mine.zip", "mine");
    assert.equal((await gait`guard pack run_sample --out mine.zip`).code, 6);
    assert.equal(await read("mine.zip"), "mine");
    assert.equal((await gait`guard pack run_sample --out mine.zip --force`).code, 0);
  }));

Deno.test("the exit status follows from the kind of an error, whatever its text holds", () =>
  onStage(async (stage) => {
    const { gait, write } = stage;
    await setUp(stage);
    for (const name of ["my_block.json", "lock", "timeout", "contention"]) {
      assert.equal((await gait`guard pack run_sample --trace ${name}`).code, 6, name);
    }
    await write("t.json", JSON.stringify(aTrace({ created_at: "block timeout" })));
    assert.equal((await gait`guard pack run_sample --trace t.json`).code, 6);
    assert.equal((await gait`guard pack run_sample --key-mode dev --private-key private.key`).code, 6);
    assert.equal((await gait`guard pack run_sample --key-mode prod`).code, 6);
    assert.equal((await gait`guard pack run_sample extra`).code, 6);
    assert.equal((await gait`incident pack run_sample --window 7d`).code, 6);
  }));

Deno.test("an attached original says in words whether it was signed", () =>
  onStage(async ({ gait, write }) => {
    await gait`keys init --out-dir k --prefix t`;
    await write("run.json", JSON.stringify({ run: { run_id: "r" }, intents: [], results: [] }));
    await gait`run record run.json`;
    const key = argv`--attach --private-key k/t_private.key --key-mode prod`;
    assert.equal((await gait("guard", "pack", "--run", "r", "--out", "a.zip", ...key)).code, 0);
    const { code, stdout } = await gait`guard verify a.zip --public-key k/t_public.key`;
    assert.equal(code, 0);
    assert.match(stdout, /original_runpack\.zip: not signed/);
  }));

Deno.test("an incident pack is signed when a key is given, and says what it took", () =>
  onStage(async (stage) => {
    const { gait } = stage;
    await setUp(stage);
    const built = await gait`incident pack run_sample --window 1h --private-key private.key --attach
      --template nist --out i.zip --json`;
    assert.equal(built.code, 0, built.stdout);
    assert.deepEqual(
      [
        built.json.trace_count,
        built.json.approval_audit_count,
        built.json.template_id,
        built.json.warnings.length,
      ],
      [1, 1, "incident_response", 1],
    );
    const verified = await gait`guard verify i.zip --profile strict --public-key public.key --json`;
    assert.equal(verified.code, 0, verified.stdout);
  }));

Deno.test("an incident pack names each file that it leaves out because it can't be read", () =>
  onStage(async ({ gait, write, path }) => {
    await gait`demo`;
    await write("gait-out/trace_torn.json", '{"schema_id":"gait.gate.tr');
    await Deno.symlink("/etc/passwd", path("gait-out/trace_link.json"));
    for (let n = 10; n < 40; n++) await write(`gait-out/regress_${n}.json`, "{");
    const { code, json } = await gait`incident pack run_demo --json`;
    assert.equal(code, 0);
    assert.match(json.warnings[0], /^"gait-out\/trace_link\.json" is left out: it is not a regular file$/);
    assert.match(json.warnings[1], /^"gait-out\/trace_torn\.json" is left out: /);
    assert.deepEqual([json.warnings.length, json.warnings.at(-1)], [21, "12 more files are left out"]);
  }));

Deno.test("a folder given as the output of a pack gets the pack with its usual name", () =>
  onStage(async ({ gait, path }) => {
    await gait`demo`;
    const { json } = await gait`guard pack --run run_demo --out handover/ --json`;
    assert.match(json.pack_path, /^handover\/evidence_pack_pack_[0-9a-f]{16}\.zip$/);
    assert((await Deno.stat(path(json.pack_path))).isFile);
    const again = await gait`incident pack --from run_demo --out handover --json`;
    assert.match(again.json.pack_path, /^handover\/evidence_pack_pack_[0-9a-f]{16}\.zip$/);
    const other = await gait`guard retain --root handover --dry-run --report-out reports/ --json`;
    assert.equal(other.code, 6);
  }));

Deno.test("gait verify takes no evidence pack for a run, and names the command that verifies it", () =>
  onStage(async ({ gait }) => {
    await gait`demo`;
    await gait`guard pack run_demo --out e.zip`;
    await gait`incident pack run_demo --out i.zip`;
    for (const [pack, flags] of [["e.zip", []], ["i.zip", []], ["i.zip", ["--require-signature"]]] as const) {
      const { code, json } = await gait`verify ${pack} ${flags} --json`;
      assert.deepEqual([code, json.error_code, json.hint], [6, "invalid_input", `gait guard verify ${pack}`]);
    }
    assert.equal((await gait`guard verify e.zip`).code, 0);
  }));
