import assert from "node:assert/strict";
import { onStage, type Stage } from "../support/gait.ts";
import { argv } from "../support/argv.ts";

const KEY = "X7Krdu2b2gNLGSxIxwaTWSUvzNoWjZJazArn0xbAtT4=";
const OTHER = "DrjVskC6gFDe/umgseF4wUfhypE8YBwqVMEVtUz32ew=";
const env = { EK: KEY, EK2: OTHER };

/** Encrypt or decrypt with the key of the test. */
function cipher({ gaitWith }: Stage, command: string, ...more: string[]) {
  return gaitWith({ env }, "guard", command, ...more, "--key-env", "EK", "--json");
}

const modeOf = async (path: string) => (await Deno.stat(path)).mode! & 0o777;

Deno.test("a variable whose name can't exist is a missing key, not a fault of gait", () =>
  onStage(async ({ gait, write }) => {
    await write("a.txt", "a");
    for (const name of ["=", "A=B"]) {
      const { code, json } = await gait`guard encrypt a.txt --key-env ${name} --json`;
      assert.equal(code, 6);
      assert.equal(json.error_code, "invalid_input");
    }
  }));

Deno.test("what is decrypted is a new file of its owner, whatever stood there", () =>
  onStage(async (stage) => {
    const { write, read, path } = stage;
    await write("a.txt", "evidence");
    assert.equal((await cipher(stage, "encrypt", "a.txt")).code, 0);
    assert.equal(await modeOf(path("a.txt.gaitenc")), 0o600);
    await Deno.chmod(path("a.txt"), 0o666);
    const refused = await cipher(stage, "decrypt", "a.txt.gaitenc");
    assert.deepEqual([refused.code, refused.json.error_detail], [6, "output_exists"]);
    assert.equal((await cipher(stage, "decrypt", "a.txt.gaitenc", "--force")).code, 0);
    assert.deepEqual([await read("a.txt"), await modeOf(path("a.txt"))], ["evidence", 0o600]);
    assert.equal((await cipher(stage, "decrypt", "--in", "a.txt.gaitenc", "--out", "deep/er/b.txt")).code, 0);
    assert.equal(await read("deep/er/b.txt"), "evidence");
    const { json } = await cipher(stage, "encrypt", "a.txt", "--out", " c.sealed ");
    assert.equal(json.path, "c.sealed");
    assert.equal(JSON.parse(await read("c.sealed")).plain_size, 8);
  }));

Deno.test("attack 17: links are followed on neither side, and the input is never the output", () =>
  onStage(async (stage) => {
    const { write, read, path } = stage;
    await write("a.txt", "evidence");
    await write("victim.txt", "keep");
    await Deno.symlink("victim.txt", path("a.txt.gaitenc"));
    await Deno.symlink("a.txt", path("link.txt"));
    for (const force of [[], ["--force"]]) {
      assert.equal((await cipher(stage, "encrypt", "a.txt", ...force)).code, 6);
      assert.equal((await cipher(stage, "encrypt", "link.txt", ...force)).code, 6);
      for (const out of ["a.txt", "./a.txt", path("a.txt"), "link.txt"]) {
        assert.equal((await cipher(stage, "encrypt", "a.txt", "--out", out, ...force)).code, 6, out);
      }
    }
    assert.deepEqual([await read("victim.txt"), await read("a.txt")], ["keep", "evidence"]);
    await Deno.mkdir(path("folder"));
    assert.equal((await cipher(stage, "encrypt", "folder")).code, 6);
    assert.equal((await cipher(stage, "encrypt", "a.txt", "--out", "folder", "--force")).code, 6);
    assert.deepEqual(await stage.files(), ["a.txt", "a.txt.gaitenc", "link.txt", "victim.txt"]);
  }));

Deno.test("nothing is written with another key, nor of a file that was changed", () =>
  onStage(async (stage) => {
    const { gaitWith, write, read, files } = stage;
    await write("a.txt", "evidence");
    await cipher(stage, "encrypt", "a.txt");
    await write("old.txt", "older");
    const wrong = await gaitWith(
      { env },
      ...argv`guard decrypt a.txt.gaitenc --key-env EK2 --out old.txt --force`,
    );
    assert.equal(wrong.code, 6);
    const artifact = JSON.parse(await read("a.txt.gaitenc"));
    await write("b.gaitenc", JSON.stringify({ ...artifact, ciphertext: `A${artifact.ciphertext.slice(1)}` }));
    assert.equal((await cipher(stage, "decrypt", "b.gaitenc")).code, 6);
    assert.equal(await read("old.txt"), "older");
    assert.deepEqual(await files(), ["a.txt", "a.txt.gaitenc", "b.gaitenc", "old.txt"]);
  }));

Deno.test("--remove-source removes the file after its encrypted form was read back", () =>
  onStage(async (stage) => {
    const { write, read, files } = stage;
    await write("a.txt", "evidence");
    const sealed = await cipher(stage, "encrypt", "a.txt", "--remove-source");
    assert.deepEqual([sealed.code, sealed.json.source_removed], [0, true], sealed.stdout);
    assert.deepEqual(await files(), ["a.txt.gaitenc"]);
    assert.equal((await cipher(stage, "decrypt", "a.txt.gaitenc")).code, 0);
    assert.equal(await read("a.txt"), "evidence");
    // An output that can't be written leaves the source.
    assert.equal((await cipher(stage, "encrypt", "a.txt", "--remove-source")).code, 6);
    assert.equal(await read("a.txt"), "evidence");
  }));

Deno.test("keys come from a variable or a program, and stand in no output", () =>
  onStage(async (stage) => {
    const { gaitWith, write, path, read } = stage;
    await write("a.txt", "evidence");
    await write("key.sh", `#!/bin/sh\necho "$1$EK_TAIL"\n`);
    await Deno.chmod(path("key.sh"), 0o700);
    const tail = { EK_TAIL: KEY.slice(10) };
    const run = (...more: string[]) => gaitWith({ env: tail }, "guard", ...more, "--json");
    const command = ["--key-command", "./key.sh", "--key-command-args", KEY.slice(0, 10)];
    const sealed = await run("encrypt", "a.txt", ...command);
    assert.deepEqual(
      [sealed.code, sealed.json.key_mode, sealed.json.key_ref],
      [0, "command", undefined],
      sealed.stdout,
    );
    assert.deepEqual(JSON.parse(await read("a.txt.gaitenc")).key_source, {
      mode: "command",
      command: "./key.sh",
    });
    const opened = await run("decrypt", "a.txt.gaitenc", "--out", "b.txt", ...command);
    assert.equal(opened.code, 0, opened.stdout);
    for (const { stdout, stderr } of [sealed, opened]) {
      assert.ok(!`${stdout}${stderr}`.includes(KEY.slice(10, 30)));
    }
    assert.ok(!(await read("a.txt.gaitenc")).includes(KEY.slice(10, 30)));
    const missing = await run("encrypt", "a.txt", "--out", "c", "--key-command", "./gone");
    assert.deepEqual([missing.code, missing.json.error_code], [7, "dependency_missing"]);
    await write("loud.sh", "#!/bin/sh\nhead -c 20000 /dev/zero\n");
    await Deno.chmod(path("loud.sh"), 0o700);
    assert.equal((await run("encrypt", "a.txt", "--out", "c", "--key-command", "./loud.sh")).code, 6);
    const wrong = await gaitWith(
      { env: { BAD: KEY.slice(0, 20) } },
      ...argv`guard encrypt a.txt --key-env BAD --out c`,
    );
    assert.ok(wrong.code === 6 && !wrong.stderr.includes(KEY.slice(0, 20)));
    const unset = await run("decrypt", "a.txt.gaitenc", "--out", "c", "--key-env", "GAIT_NOT_SET");
    assert.deepEqual([unset.code, /"GAIT_NOT_SET" is not set/.test(unset.json.error)], [6, true]);
  }));

Deno.test("a large file is encrypted and decrypted in flat memory", () =>
  onStage(async (stage) => {
    const { path } = stage;
    const piece = crypto.getRandomValues(new Uint8Array(65_536));
    const file = await Deno.open(path("large"), { write: true, create: true });
    for (let i = 0; i < 1024; i++) await file.write(piece); // 64 MiB
    file.close();
    assert.equal((await cipher(stage, "encrypt", "large")).code, 0);
    const opened = await cipher(stage, "decrypt", "large.gaitenc", "--out", "copy");
    assert.deepEqual([opened.code, opened.json.plain_size], [0, 64 << 20], opened.stdout);
    assert.deepEqual(await Deno.readFile(path("copy")), await Deno.readFile(path("large")));
  }));
