/** The package for Fedora and others: what is in it, and that rpm installs it. */
import assert from "node:assert/strict";
import { gunzipSync } from "fflate";
import { utf8 } from "../../lib/formats/bytes.ts";
import { makeRpm, rpmName } from "../../scripts/release/rpm.ts";
import { onStage } from "../support/gait.ts";
import { testUnless, withoutProgram } from "../support/test_unless.ts";

const EXECUTABLE = "#!/bin/sh\necho gait 1.2.3\n";

const OPTIONS = {
  version: "1.2.3",
  arch: "amd64",
  homepage: "https://git.example/team/gait",
  executable: utf8(EXECUTABLE),
  license: utf8("text"),
} as const;

async function run(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, env: { LC_ALL: "C" } })
    .output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test("a package of rpm is the same each time, and its compressed archive holds the executable", async () => {
  const bytes = await makeRpm(OPTIONS);
  assert.deepEqual(await makeRpm(OPTIONS), bytes);
  assert.deepEqual([...bytes.subarray(0, 4)], [0xed, 0xab, 0xee, 0xdb]);
  const gzip = bytes.findLastIndex((byte, i) => byte === 0x1f && bytes[i + 1] === 0x8b && bytes[i + 2] === 8);
  const archive = new TextDecoder().decode(gunzipSync(bytes.subarray(gzip)));
  assert.ok(archive.startsWith("070701") && archive.includes(`./usr/bin/gait\0`));
  assert.ok(archive.includes(EXECUTABLE) && archive.includes("TRAILER!!!\0"));
});

Deno.test("a package of rpm is called as rpm calls it, and one before a release sorts before it", () => {
  assert.equal(rpmName(OPTIONS), "gait-1.2.3-1.x86_64.rpm");
  assert.equal(rpmName({ version: "1.2.3-rc.1", arch: "arm64" }), "gait-1.2.3~rc.1-1.aarch64.rpm");
});

testUnless(
  withoutProgram("rpm"),
  "rpm finds every digest right, and refuses a package that was changed",
  () =>
    onStage(async ({ folder, path }) => {
      const bytes = await makeRpm(OPTIONS);
      const file = `${folder}/${rpmName(OPTIONS)}`;
      await Deno.writeFile(file, bytes);
      assert.match(
        await run("rpm", "-Kv", "--nosignature", file),
        /Header SHA256 digest: OK\n.*Payload SHA256 digest: OK/,
      );
      assert.match(
        await run("rpm", "-qp", "--qf", "%{NAME} %{EVR} %{ARCH}", file),
        /^gait 1\.2\.3-1 x86_64$/,
      );
      bytes[bytes.length - 12]! ^= 1;
      await Deno.writeFile(path("changed.rpm"), bytes);
      const { success } = await new Deno.Command("rpm", {
        args: ["-K", "--nosignature", path("changed.rpm")],
        stdout: "null",
        stderr: "null",
      }).output();
      assert.equal(success, false);
    }),
);

testUnless(
  withoutProgram("rpm") ?? (Deno.uid() === 0 ? undefined : "only root may change the root folder"),
  "rpm installs the executable into a root folder of its own, and removes it",
  () =>
    onStage(async ({ folder, path }) => {
      const file = `${folder}/${rpmName(OPTIONS)}`;
      await Deno.writeFile(file, await makeRpm(OPTIONS));
      await Deno.mkdir(path("root"));
      // Nothing that it is linked to is in that root folder.
      await run("rpm", "--root", path("root"), "--nodeps", "--ignorearch", "-i", file);
      assert.equal(await run(path("root/usr/bin/gait")), "gait 1.2.3\n");
      await run("rpm", "--root", path("root"), "--nodeps", "-e", "gait");
      await assert.rejects(Deno.stat(path("root/usr/bin/gait")), Deno.errors.NotFound);
    }),
);
