/** What a person reads who has an archive and a public key, and whose archive does not verify. */
import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";
import { gatedSession } from "../support/gated.ts";
import { repack } from "../support/sample_run.ts";
import { swap } from "../support/sample_packs.ts";

/** A signed pack, an unsigned one, their runpack, and the keys of two teams. */
const onReceivedStage = (test: (stage: Parameters<Parameters<typeof onStage>[0]>[0]) => Promise<void>) =>
  onStage(async (stage) => {
    const { gait } = stage;
    for (const prefix of ["team", "other"]) await gait`keys init --out-dir keys --prefix ${prefix}`;
    await gait("demo");
    await gait`pack build run_demo --private-key keys/team_private.key --out signed.zip`;
    await gait`pack build run_demo --out unsigned.zip`;
    await test(stage);
  });

Deno.test("a verification that fails says what is wrong with the signature, and what to do", () =>
  onReceivedStage(async ({ gait, path, write }) => {
    const signed = await Deno.readFile(path("signed.zip"));
    await write("changed.zip", await swap(signed, { "run_payload.json": "{}" }));
    for (
      const [command, words, step] of [
        [
          "signed.zip --public-key keys/other_public.key",
          /not with the given key/,
          /Ask its maker, not the sender/,
        ],
        [
          "unsigned.zip --require-signature --public-key keys/team_public.key",
          /not signed, though a signature is required/,
          /Ask its maker for a signed one/,
        ],
        [
          "changed.zip --public-key keys/team_public.key",
          /changed +run_payload.json/,
          /get it again from its maker/,
        ],
      ] as const
    ) {
      const { code, stdout } = await gait`pack verify ${command.split(" ")}`;
      assert.equal(code, 2, stdout);
      assert.match(stdout, words);
      assert.match(stdout, new RegExp(`next: .*${step.source}`));
    }
    const runpack = await gait`verify run_demo --public-key keys/other_public.key`;
    assert.equal(runpack.code, 2);
    assert.match(runpack.stdout, /not with the given key[^]*next: Ask its maker/);
    const report = await gait`verify run_demo --public-key keys/other_public.key --json`;
    assert.deepEqual(report.json.next_commands, []);
    const whole = await gait`pack verify signed.zip --public-key keys/team_public.key`;
    assert.doesNotMatch(whole.stdout, /next:/);
  }));

Deno.test("what is no pack, but holds or was one, is told so", () =>
  onReceivedStage(async ({ gait, path, write }) => {
    await write("unpacked/pack_manifest.json", "{}");
    for (const command of ["pack verify unpacked", "pack verify ./unpacked"]) {
      assert.match((await gait`${command.split(" ")}`).stderr, /unpacked archive: give the \.zip itself/);
    }
    for (const target of ["unpacked", "./unpacked"]) {
      assert.match((await gait`verify ${target}`).stderr, /It is a folder: .*gait pack verify takes folders/);
    }
    const refused = await gait`pack export signed.zip --html page.html --public-key keys/other_public.key`;
    assert.match(refused.stderr, /gait pack verify signed.zip --require-signature, and the same key/);
    const nowhere = await gait`pack export signed.zip --html no/page.html`;
    assert.match(nowhere.stderr, /mkdir -p no/);
    assert.equal(await Deno.stat(path("page.html")).catch(() => undefined), undefined);
  }));

Deno.test("a verification names the keys of the signatures, and whether they are trusted", () =>
  onReceivedStage(async ({ gait }) => {
    const verify = async (...more: string[]) =>
      (await gait`pack verify signed.zip ${more} --json`).json.verify;
    const [unknown] = (await verify()).signature_keys;
    assert.match(unknown.key_id, /^[0-9a-f]{64}$/);
    assert.deepEqual([unknown.result, unknown.trusted], ["unchecked", false]);
    const verified = { key_id: unknown.key_id, result: "verified", trusted: true };
    assert.deepEqual((await verify("--public-key", "keys/team_public.key")).signature_keys, [verified]);
    const [failed] = (await verify("--public-key", "keys/other_public.key")).signature_keys;
    assert.deepEqual(failed, { ...unknown, result: "failed" });
    assert.equal((await gait`pack verify unsigned.zip --json`).json.verify.signature_keys, undefined);
    assert.match(
      (await gait`pack verify signed.zip`).stdout,
      new RegExp(`key ${unknown.key_id}: unchecked`),
    );
    assert.match((await gait`pack inspect signed.zip`).stdout, new RegExp(`names key ${unknown.key_id}`));
    await gait`keys trust add keys/team_public.key --name team`;
    assert.deepEqual((await verify()).signature_keys, [{ ...verified, name: "team" }]);
    const [ofRunpack] = (await gait`verify run_demo --json`).json.signature_keys;
    assert.match(ofRunpack.key_id, /^[0-9a-f]{64}$/);
  }));

Deno.test("a verification of decisions says whose keys it lacks", () =>
  onStage(async (stage) => {
    const { gait, path } = stage;
    await gatedSession(stage);
    await gait`pack build --from-traces t,approval.json,results.jsonl --policy policy.yaml --session s1
      --private-key gate/gate_private.key --out proof.zip`;
    for (const name of ["gate", "dana"]) await gait`keys trust remove ${name}`; // as at a receiver's
    const without = await gait`pack verify proof.zip`;
    assert.equal(without.code, 0, without.stdout);
    assert.match(without.stdout, /name their keys: --approval-public-key/);
    assert.match(without.stdout, /name the key of the gate: --trace-public-key/);
    const whole = await gait`pack verify proof.zip --public-key gate/gate_public.key
      --approval-public-key dana/dana_public.key`;
    assert.doesNotMatch(whole.stdout, /next:/);
    const other = await gait`pack verify proof.zip --public-key gate/gate_public.key
      --approval-public-key gate/gate_public.key`;
    assert.deepEqual(
      [other.code, /next: Ask approvers and gate/.test(other.stdout)],
      [2, true],
      other.stdout,
    );
    const strict = await gait`pack verify proof.zip --public-key gate/gate_public.key --profile strict`;
    assert.deepEqual([strict.code, /next: Ask approvers and gate/.test(strict.stdout)], [2, true]);
    const bytes = await Deno.readFile(path("proof.zip"));
    await Deno.writeFile(path("longer.zip"), new Uint8Array([...bytes, 120]));
    assert.match((await gait`pack verify longer.zip`).stdout, /next: It was changed after it was made/);
  }));

Deno.test("an archive around the evidence is named as such by every verification", () =>
  onReceivedStage(async ({ gait, path, write }) => {
    const inner = await Deno.readFile(path("signed.zip"));
    await write("mail.zip", await repack(new Map([["signed.zip", inner]])));
    const runpack = await gait`guard verify gait-out/runpack_run_demo.zip`;
    assert.match(runpack.stderr, /It is a runpack: gait verify/);
    for (const command of ["verify", "pack verify", "pack inspect", "guard verify"]) {
      const { code, stderr } = await gait`${command.split(" ")} mail.zip`;
      assert.deepEqual([code, /unzip it, and give signed\.zip/.test(stderr)], [6, true], stderr);
    }
  }));
