/** What each executable of a release must do before it is published. */
import assert from "node:assert/strict";
import { formatPrivateKey, keyFromSeed } from "../../lib/signing/mod.ts";
import { makeRelease } from "../../scripts/release/main.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";

const key = await keyFromSeed(new Uint8Array(32).fill(9));

async function run(script: string, ...args: string[]): Promise<number> {
  const { code } = await new Deno.Command("sh", {
    args: [`${repository}scripts/release/${script}`, ...args],
    stdout: "null",
    stderr: "null",
  }).output();
  return code;
}

/** Runs the checkout, and says of itself what the build with the network says. */
const ONLINE = `#!/bin/sh
case "$*" in
  *--permissions*) '${repository}bin/gait' "$@" | sed 's/loopback only/all/' ;;
  *) exec '${repository}bin/gait' "$@" ;;
esac
`;

/** A release whose executables for this machine run the checkout. */
async function release({ write, path }: Stage, online = ONLINE): Promise<void> {
  await write("private.key", formatPrivateKey(key));
  await write(`built/${Deno.build.target}/gait`, `#!/bin/sh\nexec '${repository}bin/gait' "$@"\n`);
  await write(`built/${Deno.build.target}/gait-online`, online);
  await makeRelease({
    version: "v1.2.3",
    executables: path("built"),
    out: path("release"),
    "private-key": path("private.key"),
    source: "https://git.example/team/gait",
    commit: "0123456789abcdef0123456789abcdef01234567",
    "base-url": "https://git.example/gait/releases/v1.2.3",
  });
}

Deno.test("the smoke test passes for this program, and fails for one that does too little", () =>
  onStage(async ({ write, path }) => {
    assert.equal(await run("smoke.sh", `${repository}bin/gait`), 0);
    await write("gait", "#!/bin/sh\nexit 0\n");
    await Deno.chmod(path("gait"), 0o755);
    assert.equal(await run("smoke.sh", path("gait")), 1);
  }));

Deno.test("the smoke test takes no program for the build with the network that has none", () =>
  onStage(async ({ path }) => {
    await Deno.symlink(`${repository}bin/gait`, path("gait-online"));
    assert.equal(await run("smoke.sh", path("gait-online")), 1);
  }));

Deno.test("the smoke test of a release installs it first, and fails for files that were changed", () =>
  onStage(async (stage) => {
    await release(stage);
    const tried = () => run("smoke_release.sh", stage.path("release"), "v1.2.3");
    assert.equal(await tried(), 0);
    const list = await stage.read("release/checksums.txt");
    await stage.write(
      "release/checksums.txt",
      list.replace("_windows_", "_w1ndows_") + list.slice(0, 66) + "x\n",
    );
    assert.notEqual(await tried(), 0);
  }));

Deno.test("the smoke test of a release tries the build with the network, too", () =>
  onStage(async (stage) => {
    await release(stage, `#!/bin/sh\nexec '${repository}bin/gait' "$@"\n`);
    assert.notEqual(await run("smoke_release.sh", stage.path("release"), "v1.2.3"), 0);
  }));
