import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage } from "../support/gait.ts";

const POLICY = "# mine\ndefault_verdict:   block\n";

Deno.test("policy fmt --write keeps the mode of the file and leaves nothing beside it", () =>
  onStage(async ({ gait, write, path, files, read }) => {
    await write("p.yaml", POLICY);
    await Deno.chmod(path("p.yaml"), 0o640);
    const first = await gait`policy fmt p.yaml --write --json`;
    assert.deepEqual([first.code, first.json.written, first.json.changed], [0, true, true]);
    assert.equal((await Deno.stat(path("p.yaml"))).mode! & 0o777, 0o640);
    assert.deepEqual(await files(), ["p.yaml"]);
    assert.match(await read("p.yaml"), /^# mine$/m);
    const again = await gait`policy fmt p.yaml --write --json`;
    assert.deepEqual([again.code, again.json.written, again.json.changed], [0, undefined, undefined]);
  }));

Deno.test("policy fmt --write neither follows a link nor puts a file in its place", () =>
  onStage(async ({ gait, write, read, path }) => {
    await write("real.yaml", POLICY);
    await Deno.symlink("real.yaml", path("p.yaml"));
    const { code, json } = await gait`policy fmt p.yaml --write --json`;
    assert.deepEqual([code, json.ok, json.error_code], [8, false, "unsafe_operation"]);
    assert.ok((await Deno.lstat(path("p.yaml"))).isSymlink);
    assert.equal(await read("real.yaml"), POLICY);
    assert.equal((await gait`policy fmt p.yaml`).code, 0);
  }));

Deno.test("policy fmt --write loses no second document", () =>
  onStage(async ({ gait, write, read }) => {
    const text = POLICY + "---\nnotes: mine\n";
    await write("p.yaml", text);
    const { code, json } = await gait`policy fmt p.yaml --write --json`;
    assert.deepEqual([code, json.ok], [6, false]);
    assert.equal(await read("p.yaml"), text);
    assert.equal((await gait`policy fmt p.yaml`).code, 0);
  }));

Deno.test("policy fmt --write leaves a policy alone that it can't read", () =>
  onStage(async ({ gait, write, bytes }) => {
    for (const bad of ["rules: [", "a: 1\n", "\ufeffrules: []\n", "default_verdict: yes\n"]) {
      await write("p.yaml", bad);
      const { code, json } = await gait`policy fmt p.yaml --write --json`;
      assert.deepEqual([code, json.ok, json.written], [6, false, undefined], bad);
      assert.deepEqual(await bytes("p.yaml"), new TextEncoder().encode(bad));
    }
  }));

Deno.test("policy fmt reads a policy from elsewhere and writes only inside the working folder", () =>
  onStage(async ({ gaitWith, write, read, path }) => {
    await write("p.yaml", POLICY);
    await Deno.mkdir(path("sub"));
    const inside = (...args: string[]) =>
      gaitWith({ cwd: path("sub") }, ...argv`policy fmt ../p.yaml ${args}`);
    assert.equal((await inside()).code, 0);
    assert.equal((await inside("--write")).code, 6);
    assert.equal(await read("p.yaml"), POLICY);
  }));

Deno.test("an empty path is bad input, not a failing system", () =>
  onStage(async ({ gait, write }) => {
    await write("p.yaml", POLICY);
    for (
      const args of [
        ["fmt", ""],
        ["validate", ""],
        ["test", "", "p.yaml"],
        ["test", "p.yaml", ""],
        argv`test
        p.yaml --fixtures ' '`,
      ]
    ) {
      const { code, json } = await gait`policy ${args} --json`;
      assert.deepEqual([code, json.ok], [6, false], args.join(" "));
    }
  }));

Deno.test("policy init suggests commands that can be pasted, whatever the file is called", () =>
  onStage(async ({ gait }) => {
    const { json } = await gait`policy init low --out ${"my 'own' policy.yaml"} --json`;
    assert.equal(json.next_commands[0], `gait policy validate 'my '\\''own'\\'' policy.yaml'`);
    const dashed = await gait`policy init low --out=-p.yaml --json`;
    assert.equal(dashed.json.next_commands[0], "gait policy validate ./-p.yaml");
  }));

Deno.test("policy fmt --write does not put a file in the place of a pipe", {
  ignore: Deno.build.os === "windows",
}, () =>
  onStage(async ({ gait, folder, path }) => {
    await new Deno.Command("mkfifo", { args: [path("p.yaml")] }).output();
    const args = ["-c", "echo 'default_verdict: block' > p.yaml"];
    const writer = new Deno.Command("sh", { args, cwd: folder }).spawn();
    const { code, json } = await gait`policy fmt p.yaml --write --json`;
    writer.kill();
    await writer.status;
    assert.deepEqual([code, json.ok], [6, false]);
    assert.equal((await Deno.lstat(path("p.yaml"))).isFifo, true);
  }));
