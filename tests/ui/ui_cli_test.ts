/** `gait ui` as a command: its flags, what it prints, and the routes of the existing program (docs/spec/doctor.md 4). */
import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";
import { withServer } from "../support/server.ts";
import { testUnless, withoutProgram } from "../support/test_unless.ts";

const UI = ["ui", "--open-browser=false"];

Deno.test("gait ui refuses addresses that it must not or can't listen on", () =>
  onStage(async ({ gait }) => {
    for (
      const listen of ["", " ", "x", "127.0.0.1", "[::1]", "a:b", "127.0.0.1:65536", "127.0.0.1:99999"]
    ) {
      const { code, json } = await gait("ui", "--open-browser=false", "--json", `--listen=${listen}`);
      assert.deepEqual([code, json.error_code], [6, "invalid_input"], listen);
    }
    for (
      const listen of ["0.0.0.0:0", ":0", "[::]:0", "10.0.0.1:0", "example.com:80", "127.0.0.1.evil.test:0"]
    ) {
      const { code, json } = await gait("ui", "--open-browser=false", "--json", `--listen=${listen}`);
      assert.deepEqual([code, json.error_code], [6, "invalid_input"], listen);
    }
    const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const busy = await gait("ui", "--open-browser=false", "--json", `--listen=127.0.0.1:${taken.addr.port}`);
    assert.deepEqual([busy.code, busy.json.error_code], [1, "internal_failure"]);
    assert.doesNotMatch(busy.json.error, /EADDR|ERR_/);
    taken.close();
    assert.equal((await gait`ui more --json`).code, 6);
    const detached = await gait`ui --open-browser false --json`;
    assert.equal(detached.code, 6);
    assert.match(detached.json.hint, /=false$/);
    assert.equal((await gait`ui --token-env GAIT_NOT_SET --json`).code, 6);
    assert.equal((await gait`ui --idle-timeout 0s --json`).code, 6);
    const misspelt = await gait`ui --policy nope.yaml --json`;
    assert.equal(misspelt.code, 6);
    assert.match(misspelt.json.hint, /gait policy init high --out nope\.yaml/);
  }));

Deno.test("gait ui announces where it listens, and ends when it is asked to", () =>
  onStage(async (stage) => {
    await withServer(stage, UI, async ({ announced, host, port, stop, url }) => {
      assert.equal(host, "127.0.0.1");
      assert.deepEqual(Object.keys(announced).sort(), ["correlation_id", "listen", "ok", "url"]);
      assert.equal(announced.url, `http://127.0.0.1:${port}/`);
      assert.deepEqual(await (await fetch(`${url}/api/health`)).json(), { ok: true, service: "gait.ui" });
      assert.equal(await stop(), 0);
    });
  }));

const OPENER = Deno.build.os === "linux" ? withoutProgram("mkfifo", "sh") : "it needs Linux";

testUnless(
  OPENER,
  "the browser gets a link with a code that opens a session, not the token, and outlives the server",
  () =>
    onStage(async (stage) => {
      await new Deno.Command("mkfifo", { args: [stage.path("go")] }).output();
      await stage.write(
        "bin/xdg-open",
        `#!/bin/sh
printf '%s\\n%s\\n' "$1" "[$GAIT_UI_TOKEN]" > opened.new
mv opened.new opened
cat go > survived.new
mv survived.new survived
`,
      );
      await Deno.chmod(stage.path("bin/xdg-open"), 0o755);
      const exists = async (name: string) => {
        while (!(await stage.files()).includes(name)) await new Promise((resolve) => setTimeout(resolve, 5));
        return await stage.read(name);
      };
      const env = {
        PATH: `${stage.path("bin")}:${Deno.env.get("PATH")}`,
        GAIT_UI_TOKEN: "correct-horse-battery",
      };
      await withServer(
        stage,
        ["ui", "--token-env", "GAIT_UI_TOKEN"],
        async ({ announced, url, post, stop }) => {
          assert.equal(announced.open_url, true);
          const [link = "", token] = (await exists("opened")).split("\n");
          assert.equal(token, "[]");
          const code = /^(.*)\/#code=([0-9a-f]{32})$/.exec(link);
          assert.equal(code?.[1], url);
          const session = await post("/api/session", {}, { authorization: `Bearer ${code![2]}` });
          assert.equal(session.json.token, env.GAIT_UI_TOKEN);
          assert.equal(await stop(), 0);
          await Deno.writeTextFile(stage.path("go"), "alive");
          assert.equal(await exists("survived"), "alive");
        },
        env,
      );
    }),
);

Deno.test("gait ui prints two lines for people, and no token into a file", () =>
  onStage(async ({ folder, gaitWith }) => {
    const { code, stdout, stderr } = await gaitWith(
      { env: { GAIT_UI_TOKEN: "correct-horse-battery-staple" } },
      ...["ui", "--listen=127.0.0.1:0", "--open-browser=false", "--idle-timeout=1ms"],
      ...["--token-env", "GAIT_UI_TOKEN"],
    );
    assert.equal(code, 0);
    assert.match(stdout, /^ui listening=127\.0\.0\.1:\d+\nui url=http:\/\/127\.0\.0\.1:\d+\/\n$/);
    assert.equal(stderr, "");
    assert.ok(folder);
  }));

Deno.test("the demo run is shown in the state only while it verifies", () =>
  onStage(async (stage) => {
    await stage.gait`demo`;
    await withServer(stage, UI, async ({ url }) => {
      const state = async () => await (await fetch(`${url}/api/state`)).json();
      const found = await state();
      assert.equal(found.run_id, "run_demo");
      assert.equal(found.artifacts[0].exists, true);
      const bytes = await stage.bytes("gait-out/runpack_run_demo.zip");
      bytes[Math.floor(bytes.length / 2)]! ^= 1;
      await stage.write("gait-out/runpack_run_demo.zip", bytes);
      const tampered = await state();
      assert.equal(
        "run_id" in tampered || "manifest_digest" in tampered || "runpack_path" in tampered,
        false,
      );
      assert.equal(tampered.artifacts[0].exists, true);
    });
  }));

Deno.test("the state lists the last five traces of exactly this folder", () =>
  onStage(async (stage) => {
    for (let i = 0; i < 7; i++) await stage.write(`w[1]/trace_${i}.json`, "{}");
    for (const name of ["w[1]/trace_9.txt", "w1/trace_x.json", "w[1]/sub/trace_8.json"]) {
      await stage.write(name, "{}");
    }
    await withServer({ ...stage, folder: stage.path("w[1]") }, UI, async ({ url }) => {
      const { workspace, trace_files } = await (await fetch(`${url}/api/state`)).json();
      assert.deepEqual(trace_files, [2, 3, 4, 5, 6].map((i) => `${workspace}/trace_${i}.json`));
    });
  }));

Deno.test("only the listed commands run, with the listed arguments", () =>
  onStage(async (stage) => {
    await withServer(stage, UI, async ({ post }) => {
      const exec = async (body: unknown) => await post("/api/exec", body);
      const refused: [unknown, string][] = [
        [{ command: "rm -rf /" }, "rm -rf /"],
        [{ command: " version" }, "version"],
        [{}, ""],
        [null, ""],
        [{ command: null }, ""],
        [{ command: "constructor" }, "constructor"],
        [{ command: "regress_init", args: { run_id: "--out" } }, "regress_init"],
        [{ command: "regress_init", args: { run_id: "../x" } }, "regress_init"],
        [{ command: "regress_init", args: { run_id: "x".repeat(121) } }, "regress_init"],
        [{ command: "policy_block_test", args: { policy_path: "/etc/passwd" } }, "policy_block_test"],
        [{ command: "policy_block_test", args: { intent_path: "../x.json" } }, "policy_block_test"],
      ];
      for (const [body, command] of refused) {
        const { status, json } = await exec(body);
        assert.deepEqual([status, json.ok, json.command, json.exit_code], [400, false, command, 6], command);
      }
      for (
        const body of ["", "{", '"demo"', "[]", { command: 1 }, { command: "demo", args: { run_id: 1 } }]
      ) {
        const { status, json } = await exec(body);
        assert.deepEqual([status, json.ok, "command" in json], [400, false, false]);
      }
      assert.equal((await exec(" ".repeat(1_100_000))).status, 400);
      assert.deepEqual(await stage.files(), []);
      const ran = await exec({ command: " DEMO ", args: { run_id: null, other: "x" } });
      assert.deepEqual([ran.status, ran.json.ok, ran.json.command, ran.json.exit_code], [
        200,
        true,
        "demo",
        0,
      ]);
      assert.equal(ran.json.json.run_id, "run_demo");
      assert.equal("stderr" in ran.json, false);
    });
  }));

Deno.test("two commands at once run one after the other", () =>
  onStage(async (stage) => {
    await withServer(stage, UI, async ({ post }) => {
      const both = await Promise.all([1, 2, 3].map(() => post("/api/exec", { command: "demo" })));
      assert.deepEqual(both.map(({ json }) => json.ok), [true, true, true]);
    });
  }));

Deno.test("a client without the token makes no key with the demo, one that has it does", () =>
  onStage(async (stage) => {
    const token = "t".repeat(40);
    const args = [...UI, "--token-env", "GAIT_UI_TOKEN"];
    const keys = async () => (await stage.files()).filter((name) => name.endsWith(".key"));
    await withServer(stage, args, async ({ post }) => {
      const first = await post("/api/exec", { command: "demo" });
      assert.deepEqual([first.status, first.json.exit_code, await keys()], [200, 0, []]);
      const wrong = await post("/api/exec", { command: "demo" }, { authorization: "Bearer wrong" });
      assert.deepEqual([wrong.json.exit_code, await keys()], [0, []]);
      const second = await post("/api/exec", { command: "demo" }, { authorization: `Bearer ${token}` });
      assert.equal(second.json.exit_code, 0);
      assert.deepEqual(await keys(), [".gait/keys/local_dev_private.key", ".gait/trust/local_dev.key"]);
    }, { GAIT_UI_TOKEN: token });
  }));

Deno.test("gait ui says what it can't show yet, and that nobody can open it", () =>
  onStage(async ({ gait, gaitWith }) => {
    const start = ["--listen", "127.0.0.1:0", "--idle-timeout", "10ms"];
    const { stderr } = await gait(...UI, "--traces", "nope", ...start);
    assert.match(stderr, /warning: there is no "nope" yet \(--traces\)/);
    assert.match(stderr, /warning: nobody is shown the link .*--token-env/);
    const env = { GAIT_UI_TOKEN: "0123456789abcdef" };
    assert.equal((await gaitWith({ env }, ...UI, "--token-env", "GAIT_UI_TOKEN", ...start)).stderr, "");
    assert.match(
      (await gait("ui", "--approver", "dana", "--json")).json.hint,
      /--approval-private-key <file>/,
    );
  }));
