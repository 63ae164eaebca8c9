import assert from "node:assert/strict";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { onStage, type Stage } from "../support/gait.ts";

/** A key pair of age: its identity in a file, and its recipient. */
async function keyPair({ write, path }: Stage, name: string): Promise<string> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  await write(name, `# public key: ${recipient}\n\n${identity}\r\n`);
  await Deno.chmod(path(name), 0o600);
  return recipient;
}

const KEY = { K: "X7Krdu2b2gNLGSxIxwaTWSUvzNoWjZJazArn0xbAtT4=" };

Deno.test("each of several recipients opens a file, and nobody else does", () =>
  onStage(async (stage) => {
    const { gait, gaitWith, write, read, files } = stage;
    const [ann, bob] = [await keyPair(stage, "ann.txt"), await keyPair(stage, "bob.txt")];
    await keyPair(stage, "eve.txt");
    await write("f", "evidence");
    const sealed = await gait`guard encrypt f --recipient ${ann} --recipient ${`${bob},${ann}`} --json`;
    assert.equal(sealed.code, 0, sealed.stdout);
    assert.deepEqual(sealed.json.recipients, [ann, bob]);
    assert.ok(!(await read("f.age")).includes(sealed.json.plain_sha256), "the file tells no digest");
    for (const who of ["ann", "bob"]) {
      const opened = await gait`guard decrypt f.age --identity ${`${who}.txt`} --out ${who} --json`;
      assert.equal(opened.code, 0, opened.stdout);
      assert.deepEqual([await read(who), opened.json.plain_sha256], ["evidence", sealed.json.plain_sha256]);
    }
    assert.equal((await gait`guard decrypt f.age --identity eve.txt --out eve`).code, 6);
    assert.ok(!(await files()).includes("eve"));
    const byVariable = await gaitWith(
      { env: { ID: await read("ann.txt") } },
      "guard",
      "decrypt",
      "f.age",
      "--identity-env",
      "ID",
      "--out",
      "v",
    );
    assert.equal(byVariable.code, 0, byVariable.stderr);
  }));

Deno.test("a file for recipients that was changed or cut anywhere leaves nothing behind", () =>
  onStage(async (stage) => {
    const { gait, write, bytes, files } = stage;
    const ann = await keyPair(stage, "ann.txt");
    await write("f", new Uint8Array(200_000).fill(7));
    assert.equal((await gait`guard encrypt f --recipient ${ann}`).code, 0);
    const sealed = await bytes("f.age");
    const broken: Uint8Array[] = [0, 21, 22, 100, 250, 70_000, 140_000, sealed.length - 1].map((length) =>
      sealed.slice(0, length)
    );
    for (const at of [5, 30, 150, 190, 300, 70_000, 199_000]) {
      const changed = sealed.slice();
      changed[at]! ^= 1;
      broken.push(changed);
    }
    broken.push(
      new Uint8Array([...sealed, 0]),
      new Uint8Array([...sealed.slice(0, 22), ...new Uint8Array(300_000).fill(65)]),
    );
    const before = (await files()).length;
    for (const [i, content] of broken.entries()) {
      await write("b.age", content);
      const { code } = await gait`guard decrypt b.age --identity ann.txt --out out`;
      assert.equal(code, 6, `${i}`);
      assert.equal((await files()).length, before + 1, `${i}`);
    }
  }));

Deno.test("rewrap changes who opens a file; what it held stays off the disk", () =>
  onStage(async (stage) => {
    const { gait, gaitWith, write, read, files } = stage;
    const [ann, bob] = [await keyPair(stage, "ann.txt"), await keyPair(stage, "bob.txt")];
    await write("f", "evidence");
    await gait`guard encrypt f --recipient ${ann}`;
    await gaitWith({ env: KEY }, "guard", "encrypt", "f", "--key-env", "K");
    await Deno.remove(stage.path("f"));
    const moved =
      await gait`guard rewrap f.age --identity ann.txt --recipient ${bob} --out new.age --remove-source --json`;
    assert.equal(moved.code, 0, moved.stdout);
    assert.deepEqual(await files(), ["ann.txt", "bob.txt", "f.gaitenc", "new.age"]);
    assert.equal((await gait`guard decrypt new.age --identity ann.txt --out a`).code, 6);
    assert.equal((await gait`guard decrypt new.age --identity bob.txt --out b`).code, 0);
    assert.equal(await read("b"), "evidence");
    const raised = await gaitWith(
      { env: KEY },
      "guard",
      "rewrap",
      "f.gaitenc",
      "--key-env",
      "K",
      "--recipient",
      bob,
      "--out",
      "v.age",
    );
    assert.equal(raised.code, 0, raised.stderr);
    assert.equal((await gait`guard decrypt v.age --identity bob.txt --out c`).code, 0);
    assert.equal(await read("c"), "evidence");
    for (const out of ["new.age", "./new.age"]) {
      assert.equal(
        (await gait`guard rewrap new.age --identity bob.txt --recipient ${ann} --out ${out} --force`).code,
        6,
      );
    }
    assert.equal((await gait`guard rewrap new.age --identity bob.txt --recipient ${ann}`).code, 6);
    assert.equal((await gait`guard rewrap new.age --identity bob.txt --out x.age`).code, 6);
  }));

Deno.test("what is no recipient or no identity is refused, and no key shows", () =>
  onStage(async (stage) => {
    const { gait, write, path, files, read } = stage;
    const ann = await keyPair(stage, "ann.txt");
    await write("f", "evidence");
    const identity = (await read("ann.txt")).split("\n")[2]!.trim();
    for (const recipient of ["age1x", "", `${ann}x`, "ssh-ed25519 AAAA", `${ann},`, identity]) {
      const refused = await gait("guard", "encrypt", "f", "--recipient", recipient);
      assert.equal(refused.code, 6, recipient);
      assert.ok(!`${refused.stdout}${refused.stderr}`.includes(identity.slice(20, 40)));
    }
    assert.equal((await gait`guard encrypt f --recipient ${ann} --key-env K`).code, 6);
    await gait`guard encrypt f --recipient ${ann}`;
    await write("bad.txt", `${identity}\n${identity.slice(0, -1)}\n`);
    await write("empty.txt", "# nothing\n");
    await Deno.symlink("ann.txt", path("link.txt"));
    for (
      const [file, code] of [["bad.txt", 6], ["empty.txt", 6], ["gone.txt", 6], ["link.txt", 8]] as const
    ) {
      const refused = await gait("guard", "decrypt", "f.age", "--identity", file, "--out", "o");
      assert.equal(refused.code, code, file);
      assert.ok(!refused.stderr.includes(identity.slice(20, 40)));
    }
    assert.equal((await gait`guard decrypt f.age --out o`).code, 6);
    assert.equal((await gait`guard decrypt f.age --identity ann.txt --identity-env X --out o`).code, 6);
    await write("armored.age", "-----BEGIN AGE ENCRYPTED FILE-----\n");
    assert.equal((await gait`guard decrypt armored.age --identity ann.txt --out o`).code, 6);
    await Deno.chmod(path("ann.txt"), 0o644);
    const open = await gait`guard decrypt f.age --identity ann.txt --out o --json`;
    assert.deepEqual([open.code, open.json.warnings.length], [0, 1]);
    assert.ok((await files()).includes("o"));
  }));

Deno.test("--remove-source keeps a file whose encrypted form can't be written", () =>
  onStage(async (stage) => {
    const { gait, write, files } = stage;
    const ann = await keyPair(stage, "ann.txt");
    await write("f", "evidence");
    await write("f.age", "mine");
    assert.equal((await gait`guard encrypt f --recipient ${ann} --remove-source`).code, 6);
    assert.equal((await gait`guard encrypt f --recipient ${ann} --remove-source --force`).code, 0);
    assert.deepEqual(await files(), ["ann.txt", "f.age"]);
  }));
