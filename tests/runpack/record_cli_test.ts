import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";

const RUN = JSON.stringify({ run: { run_id: "r", created_at: "2026-04-01T09:00:00Z" } });

Deno.test("what a fresh key signed can be verified, because its public half is printed", () =>
  onStage(async ({ gait, write }) => {
    const intent = { intent_id: "i", tool_name: "t", args: {} };
    await write("in.json", JSON.stringify({ run: { run_id: "r" }, intents: [intent], results: [] }));
    const { json } = await gait`run record in.json --key-mode dev --json`;
    await write("fresh.key", `${json.public_key}\n`);
    assert.equal((await gait`verify r --public-key fresh.key --require-signature`).code, 0);
    assert.match((await gait`run record in.json --key-mode dev --force`).stdout, /^public_key=\S{44}$/m);
  }));

Deno.test("run record writes into the working folder, and into a folder with a slash at its end", () =>
  onStage(async ({ gait, write }) => {
    await write("run.json", RUN);
    for (
      const [folder, bundle] of [[".", "./runpack_r.zip"], ["./", "./runpack_r.zip"], [
        "out/",
        "./out/runpack_r.zip",
      ]]
    ) {
      const { code, json } = await gait`run record run.json --out-dir ${folder!} --json`;
      assert.deepEqual([code, json.bundle], [0, bundle]);
      assert.equal((await gait`verify ${bundle!}`).code, 0);
    }
  }));

Deno.test("run record notes a key file that others can read beside the warnings, not among them", () =>
  onStage(async ({ gait, write, path }) => {
    await write("run.json", RUN);
    await gait`keys init --out-dir k`;
    await Deno.chmod(path("k/gait_private.key"), 0o644);
    const key = "k/gait_private.key";
    const signed = (await gait`run record run.json --private-key ${key} --context-envelope none.json --json`)
      .json;
    assert.equal((signed.warnings as string[]).length, 1);
    assert.match(String(signed.notes), /readable by others/);
    const fresh = (await gait`run record run.json --run-id dev --key-mode dev --json`).json;
    assert.match(String(fresh.warnings), /ephemeral/);
    assert.equal(fresh.notes, undefined);
  }));
