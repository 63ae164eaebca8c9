import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";

Deno.test("processes that make fixtures at once lose none, and leave no lock behind", () =>
  onStage(async ({ gait, read, files }) => {
    await gait`demo`;
    const names = Array.from({ length: 6 }, (_, i) => `f${i}`);
    const codes = await Promise.all(
      names.map(async (name) => (await gait`regress init --from run_demo --name ${name} --json`).code),
    );
    assert.deepEqual(codes, names.map(() => 0));
    const listed = JSON.parse(await read("gait.yaml")).fixtures;
    assert.deepEqual(listed.map(({ name }: { name: string }) => name), names);
    assert.deepEqual((await files()).filter((path) => /lock|tmp/.test(path)), []);
    assert.equal((await gait`regress run --json`).code, 0);
  }));

Deno.test("a fixture that can't be written removes no pipe that stands in its way", () =>
  onStage(async ({ gait, path }) => {
    await gait`demo`;
    for (const place of ["gait.yaml", "fixtures/run_demo/fixture.json"]) {
      await Deno.mkdir(path("fixtures/run_demo"), { recursive: true });
      assert.equal((await new Deno.Command("mkfifo", { args: [path(place)] }).output()).code, 0);
      assert.equal((await gait`regress init --from run_demo`).code, 6, place);
      assert.ok((await Deno.lstat(path(place))).isFifo, place);
      await Deno.remove(path(place));
    }
    assert.equal((await gait`regress init --from run_demo`).code, 0);
  }));
