/** Where a key pair is written: `gait keys init` warns of places where others could exchange the private key. */
import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";
import { testUnless } from "../support/test_unless.ts";

testUnless(
  Deno.build.os === "windows" && "permissions",
  "keys init warns of a folder that others can write to, and of a link that they can exchange",
  () =>
    onStage(async ({ gait, folder }) => {
      const fine = await gait`keys init --out-dir fine --json`;
      assert.deepEqual([fine.code, fine.json.warnings, fine.stderr], [0, undefined, ""]);
      for (const mode of [0o770, 0o702]) {
        const name = `open${mode.toString(8)}`;
        await Deno.mkdir(`${folder}/${name}`);
        await Deno.chmod(`${folder}/${name}`, mode);
        const { code, json, stderr } = await gait("keys", "init", "--out-dir", name, "--json");
        assert.equal(code, 0);
        assert.match(
          json.warnings.join(),
          new RegExp(`^others can write to "${name}"[^,]*chmod go-w ${name}$`),
        );
        assert.match(stderr, /^warning: others can write to /);
      }
      await Deno.mkdir(`${folder}/shared`);
      await Deno.symlink(`${folder}/fine`, `${folder}/shared/keys`);
      await Deno.symlink(`${folder}/fine`, `${folder}/own`);
      const safe = await gait`keys init --out-dir own --prefix b --json`;
      assert.equal(safe.json.warnings, undefined);
      await Deno.chmod(`${folder}/shared`, 0o777);
      for (const [command, place] of [["init", "shared/keys"], ["rotate", "shared/keys/deeper"]] as const) {
        const { json } = await gait("keys", command, "--prefix", "c", "--out-dir", place, "--json");
        assert.deepEqual(json.warnings.length, 1, place);
        assert.match(json.warnings[0], /^"shared\/keys" is a link in "shared", to which others can write/);
      }
    }),
);
