/** The package for Debian, as the programs of Debian read and install it. */
import assert from "node:assert/strict";
import { utf8 } from "../../lib/formats/bytes.ts";
import { makeDeb } from "../../scripts/release/deb.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { testUnless, withoutProgram } from "../support/test_unless.ts";

const OPTIONS = {
  version: "1.2.3-rc.1",
  arch: Deno.build.arch === "x86_64" ? "amd64" : "arm64",
  homepage: "https://git.example/team/gait",
  // Of odd length, so that a member of the archive needs filling.
  executable: utf8("#!/bin/sh\necho gait 1.2.3\n\n"),
  license: utf8("the licence\n"),
} as const;

async function run({ folder }: Stage, program: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args, cwd: folder }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

testUnless(
  withoutProgram("dpkg-deb"),
  "dpkg-deb reads the control file and the files of the package",
  () =>
    onStage(async (stage) => {
      await stage.write("gait.deb", await makeDeb(OPTIONS));
      const field = async (name: string) =>
        (await run(stage, "dpkg-deb", "--field", "gait.deb", name)).trim();
      assert.equal(await field("Package"), "gait");
      assert.equal(await field("Version"), "1.2.3~rc.1");
      assert.equal(await field("Architecture"), OPTIONS.arch);
      const listed = await run(stage, "dpkg-deb", "--contents", "gait.deb");
      assert.match(listed, /^-rwxr-xr-x (?:root\/root|0\/0) .* \.\/usr\/bin\/gait$/m);
      assert.match(listed, /^drwxr-xr-x (?:root\/root|0\/0) .* \.\/usr\/bin\/$/m);
    }),
);

testUnless(
  withoutProgram("dpkg"),
  "dpkg installs it into a root folder, and removes it again",
  () =>
    onStage(async (stage) => {
      await stage.write("gait.deb", await makeDeb(OPTIONS));
      await stage.write("root/var/lib/dpkg/status", "");
      await Deno.mkdir(stage.path("root/var/lib/dpkg/updates"));
      await Deno.mkdir(stage.path("root/var/lib/dpkg/info"));
      const options = [
        `--root=${stage.path("root")}`,
        "--force-not-root",
        "--force-depends",
        "--log=/dev/null",
      ];
      await run(stage, "dpkg", ...options, "--install", "gait.deb");
      assert.equal(await run(stage, stage.path("root/usr/bin/gait")), "gait 1.2.3\n");
      await run(stage, "dpkg", ...options, "--purge", "gait");
      assert.deepEqual((await stage.files()).filter((name) => name.startsWith("root/usr/")), []);
    }),
);

Deno.test("the package has the same bytes each time", async () => {
  assert.deepEqual(await makeDeb(OPTIONS), await makeDeb(OPTIONS));
});
