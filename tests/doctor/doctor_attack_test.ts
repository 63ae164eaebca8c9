import assert from "node:assert/strict";
import { openZip } from "../../lib/formats/zip/mod.ts";
import { decodeUtf8 } from "../../lib/formats/bytes.ts";
import { onStage } from "../support/gait.ts";

const posix = { ignore: Deno.build.os === "windows" };

Deno.test("nothing stays of a diagnosis, and a file with the name of an old probe is left alone", () =>
  onStage(async ({ gait, write, files, read, path }) => {
    for (const folder of ["", "gait-out/"]) await write(`${folder}.gait-doctor-writecheck`, "mine");
    await write("target", "mine");
    await Deno.symlink("../target", path("gait-out/link"));
    const before = await files();
    assert.equal((await gait`doctor --all`).code, 0);
    assert.deepEqual(await files(), before);
    for (const file of before) assert.equal(await read(file), "mine", file);
  }));

Deno.test({
  ...posix,
  name:
    "item 41: no executable of the working folder is started, neither found there nor by PATH nor through a link",
  fn: () =>
    onStage(async ({ gaitWith, write, path, folder }) => {
      for (const name of ["gait", "git", "df", "bin/gait", "bin/git", "bin/df"]) {
        await write(name, `#!/bin/sh\ntouch ${folder}/pwned\necho gait 9.9.9\n`);
        await Deno.chmod(path(name), 0o755);
      }
      const elsewhere = await Deno.makeTempDir();
      for (const name of ["git", "df"]) await Deno.symlink(path(`bin/${name}`), `${elsewhere}/${name}`);
      // A checkout of the existing program, so that git is asked too.
      await write("go.mod", "module github.com/Clyra-AI/gait\n");
      for (const name of ["cmd/gait/x", "core/x", "schemas/v1/x", "scripts/install.sh"]) {
        await write(name, "");
      }
      try {
        for (const first of [`${folder}/bin`, elsewhere, `${folder}`, "bin", "."]) {
          const { code } = await gaitWith(
            { env: { PATH: `${first}:${Deno.env.get("PATH")}` } },
            "doctor",
            "--all",
            "--json",
          );
          assert.equal(code, 7, "the schemas of the checkout are missing");
          await assert.rejects(Deno.stat(path("pwned")), Deno.errors.NotFound);
        }
      } finally {
        await Deno.remove(elsewhere, { recursive: true });
      }
    }),
});

Deno.test("items 20 and 47: a support bundle holds no secret that was planted", () =>
  onStage(async ({ gaitWith, write, bytes, path, folder }) => {
    const secrets = {
      inlineKey: "bI5sFdG14Hd6nQjPlJCB3LJREg50jOIkXROrTihoC/V358f0+oKWWLvdI4Q7jlSmGRZP/ljG5CyqJn/w0kEx0Q==",
      tokenAsName: "sk-live-Abc123",
      tokenValue: "correct-horse-battery",
      keyValue: "not a key at all",
      command: "vault-read-swordfish",
      unknownKey: "hunter2hunter2",
      policyText: "policy-secret-text",
      fileName: "customer-4711",
      password: "pa55word",
    };
    await write(
      ".gait/config.yaml",
      `gate:\n  policy: .gait/${secrets.fileName}.yaml\n  private_key: ${secrets.inlineKey}\n` +
        `  private_key_env: KEY_VAR\n  credential_command: ${secrets.command}\n` +
        `  approval_public_key_env: ${secrets.tokenAsName}\n  ${secrets.unknownKey}: 1\n` +
        `  credential_ref: https://me:${secrets.password}@vault.test/x\n` +
        `mcp_serve:\n  auth_mode: token\n  auth_token_env: TOKEN_VAR\n`,
    );
    await write(`.gait/${secrets.fileName}.yaml`, `rules: [${secrets.policyText}`);
    await write("gait-out/trace_x.json", JSON.stringify({ args: secrets.policyText }));
    const { code } = await gaitWith(
      { env: { TOKEN_VAR: secrets.tokenValue, KEY_VAR: secrets.keyValue } },
      ...["doctor", "--production-readiness", "--report", "r.zip", "--json"],
      ...["--key-mode", "prod", "--private-key-env", "KEY_VAR"],
    );
    assert.equal(code, 2);
    const archive = await bytes("r.zip");
    const raw = decodeUtf8(archive);
    const zip = openZip(archive);
    const texts = [raw];
    for (const name of zip.names) texts.push(name, decodeUtf8(await zip.read(name)));
    assert.ok(texts.length > 8);
    const home = folder;
    for (const [what, secret] of Object.entries({ ...secrets, home })) {
      assert.ok(texts.every((text) => !text.includes(secret)), what);
    }
    // What helps is there.
    assert.ok(texts.some((text) => text.includes("token_variable")));
    assert.equal((await Deno.stat(path("r.zip"))).mode! & 0o077, 0);
  }));

Deno.test("a support bundle replaces nothing", () =>
  onStage(async ({ gait, write, read }) => {
    await write("r.zip", "mine");
    assert.equal((await gait`doctor --report r.zip`).code, 6);
    assert.equal(await read("r.zip"), "mine");
    assert.equal((await gait`doctor --report ../r.zip`).code, 6);
  }));

Deno.test("item 46: what a configuration is called and holds is escaped", () =>
  onStage(async ({ gait, write }) => {
    await write(".gait/config.yaml", 'gate:\n  "\\e[2J\\u202e": x\n');
    const { stdout } = await gait`doctor --all`;
    assert.ok(!stdout.includes("\u001b") && !stdout.includes("\u202e"));
  }));

Deno.test("item 13: a configuration that unfolds, or is very large, is unreadable, not endless", () =>
  onStage(async ({ gait, write }) => {
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (let i = 0; i < 12; i++) {
      bomb.push(`b${i}: &b${i} [${Array(9).fill(i === 0 ? "*a" : `*b${i - 1}`).join(",")}]`);
    }
    for (const text of [bomb.join("\n"), "#".repeat(2 << 20), "gate: [".repeat(2000), "a: *b", "\tgate: x"]) {
      await write(".gait/config.yaml", text);
      const { code, json } = await gait`doctor --production-readiness --json`;
      assert.deepEqual([code, json.status], [2, "fail"], text.slice(0, 20));
    }
  }));

Deno.test({
  ...posix,
  name: "item 17: --fix does not change what a link leads to",
  fn: () =>
    onStage(async ({ gait, write, path, read }) => {
      await write("outside", "gate:\n  profile: standard\n");
      await write(".gait/x", "");
      await Deno.symlink("../outside", path(".gait/config.yaml"));
      await gait`doctor --production-readiness --fix --yes`;
      assert.equal(await read("outside"), "gate:\n  profile: standard\n");
    }),
});
