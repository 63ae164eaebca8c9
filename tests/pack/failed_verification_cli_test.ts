/** What a person reads who has an archive and a public key, and whose archive does not verify. */
import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";
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
