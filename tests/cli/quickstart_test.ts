import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";

Deno.test("the quickstart: demo, verify, regress bootstrap", () =>
  onStage(async ({ gait, read, files }) => {
    const demo = await gait`demo --json`;
    assert.equal(demo.code, 0);
    assert.equal(demo.json.signature_status, "verified");
    assert.equal(demo.json.signature_trust, "local_dev");

    const verify = await gait`verify run_demo --json`;
    assert.equal(verify.code, 0);
    assert.equal(verify.json.signature_status, "verified");
    assert.equal(verify.json.manifest_digest, demo.json.manifest_digest);

    const regress = await gait`regress bootstrap --from run_demo --junit ./gait-out/junit.xml
      --json`;
    assert.equal(regress.code, 0);
    assert.equal(regress.json.status, "pass");
    assert.match(await read("gait-out/junit.xml"), /failures="0"/);
    assert.deepEqual((await files()).filter((file) => file.includes(".tmp-")), []);
  }));

Deno.test("gait demo keeps its key: a second demo gives the same pack, byte for byte", () =>
  onStage(async ({ gait, bytes }) => {
    await gait("demo");
    const first = await bytes("gait-out/runpack_run_demo.zip");
    const key = await bytes(".gait/keys/local_dev_private.key");
    assert.equal((await gait("demo")).code, 0);
    assert.deepEqual(await bytes("gait-out/runpack_run_demo.zip"), first);
    assert.deepEqual(await bytes(".gait/keys/local_dev_private.key"), key);
  }));

Deno.test("gait demo makes a private key that only its owner can read, and git ignores", () =>
  onStage(async ({ gait, path, read }) => {
    await gait("demo");
    assert.equal((await Deno.stat(path(".gait/keys/local_dev_private.key"))).mode! & 0o777, 0o600);
    assert.equal((await Deno.stat(path("gait-out/runpack_run_demo.zip"))).mode! & 0o777, 0o600);
    assert.equal(await read(".gait/keys/.gitignore"), "*\n");
  }));

Deno.test("gait tour runs the whole way and can be repeated", () =>
  onStage(async ({ gait }) => {
    for (let i = 0; i < 2; i++) {
      const tour = await gait`tour --json`;
      assert.equal(tour.code, 0, tour.stdout);
      assert.equal(tour.json.regress_status, "pass");
      assert.equal(tour.json.fixture_dir, "fixtures/run_demo");
    }
  }));

Deno.test("text output of demo has the lines that scripts cut apart", () =>
  onStage(async ({ gait }) => {
    const { stdout } = await gait("demo");
    for (
      const key of [
        "run_id=run_demo",
        "bundle=./gait-out/runpack_run_demo.zip",
        "ticket_footer=GAIT run_id=run_demo ",
      ]
    ) {
      assert.ok(stdout.includes(key), key);
    }
  }));
