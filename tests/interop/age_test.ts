/*
 * Files for recipients, written by Gait and opened by other programs, and the other way round: `age`, and `rage` by its
 * Python package.
 */
import assert from "node:assert/strict";
import { onStage, type Stage } from "../support/gait.ts";
import { pythonPackages, runPython } from "../support/python_packages.ts";
import { testUnless, withoutProgram } from "../support/test_unless.ts";

async function run(stage: Stage, command: string, ...args: string[]): Promise<Uint8Array> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, cwd: stage.folder }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return stdout;
}

/** Sizes at which the pieces of the format and of ours begin and end. */
const SIZES = [0, 1, 65_535, 65_536, 65_537, 786_432, 786_433];

function content(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => i * 31 % 251);
}

testUnless(
  withoutProgram("age", "age-keygen"),
  "age opens what Gait encrypts for several, and Gait what age does",
  () =>
    onStage(async (stage) => {
      const { gait, write, bytes, path } = stage;
      const recipients: string[] = [];
      for (const name of ["a", "b"]) {
        await run(stage, "age-keygen", "-o", `${name}.txt`);
        recipients.push(new TextDecoder().decode(await run(stage, "age-keygen", "-y", `${name}.txt`)).trim());
      }
      for (const size of SIZES) {
        await write("f", content(size));
        const sealed = await gait("guard", "encrypt", "f", "--recipient", recipients.join(","), "--force");
        assert.equal(sealed.code, 0, sealed.stderr);
        for (const name of ["a", "b"]) {
          const back = await run(stage, "age", "-d", "-i", `${name}.txt`, "f.age");
          assert.deepEqual(back, await bytes("f"), `${size}`);
        }
        await run(
          stage,
          "age",
          ...recipients.flatMap((recipient) => ["-r", recipient]),
          "-o",
          "theirs.age",
          "f",
        );
        const opened = await gait`guard decrypt theirs.age --identity b.txt --out ours --force`;
        assert.equal(opened.code, 0, opened.stderr);
        assert.deepEqual(await bytes("ours"), await bytes("f"), `${size}`);
      }
      const moved =
        await gait`guard rewrap theirs.age --identity a.txt --recipient ${recipients[1]!} --out moved.age`;
      assert.equal(moved.code, 0, moved.stderr);
      assert.deepEqual(await run(stage, "age", "-d", "-i", "b.txt", "moved.age"), await bytes("f"));
      assert.ok(await Deno.stat(path("moved.age")));
    }),
);

const rage = await pythonPackages("pyrage", ["pyrage==1.4.0"]);

const SCRIPT = `
import base64, json, pyrage, sys
given = json.load(sys.stdin)
if "sealed" in given:
    identity = pyrage.x25519.Identity.from_str(given["identity"])
    plain = pyrage.decrypt(base64.b64decode(given["sealed"]), [identity])
    print(json.dumps({"plain": base64.b64encode(plain).decode()}))
else:
    identity = pyrage.x25519.Identity.generate()
    recipient = identity.to_public()
    sealed = pyrage.encrypt(base64.b64decode(given["plain"]), [recipient])
    print(json.dumps({"identity": str(identity), "recipient": str(recipient), "sealed": base64.b64encode(sealed).decode()}))
`;

testUnless(
  rage.missing,
  "rage opens what Gait encrypts, and Gait what rage does",
  () =>
    onStage(async ({ gait, write, bytes }) => {
      for (const size of SIZES) {
        const plain = content(size);
        const theirs = await runPython(rage.folder, SCRIPT, { plain: base64(plain) }) as Record<
          string,
          string
        >;
        await write("id.txt", theirs.identity!);
        await write("theirs.age", Uint8Array.from(atob(theirs.sealed!), (char) => char.charCodeAt(0)));
        assert.equal((await gait`guard decrypt theirs.age --identity id.txt --out f --force`).code, 0);
        assert.deepEqual(await bytes("f"), plain, `${size}`);
        assert.equal(
          (await gait("guard", "encrypt", "f", "--recipient", theirs.recipient!, "--force")).code,
          0,
        );
        const sealed = base64(await bytes("f.age"));
        const back = await runPython(rage.folder, SCRIPT, { sealed, identity: theirs.identity }) as {
          plain: string;
        };
        assert.equal(back.plain, base64(plain), `${size}`);
      }
    }),
);

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
