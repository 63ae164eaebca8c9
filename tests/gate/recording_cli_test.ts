import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage } from "../support/gait.ts";
import { entriesOf, GATED_POLICY as POLICY } from "../support/gated.ts";
import { talkTo } from "../support/talk.ts";

const intent = (tool: string, n = 0) => ({
  tool_name: tool,
  args: { n, secret: "s3cr3t" },
  context: { identity: "a", workspace: "/w", risk_class: "low" },
});
const call = (id: string, tool: string, n = 0) => JSON.stringify({ id, intent: intent(tool, n) });
const result = (id: string | number, status: string, more: Record<string, unknown> = {}) =>
  JSON.stringify({ "gait.result": { id, status, ...more } });

Deno.test("gate stream --runpack records calls and results as a runpack that verifies and becomes a pack", () =>
  onStage(async ({ gait, gaitWith, write, files, bytes }) => {
    await gait`keys init --out-dir k`;
    await write("policy.yaml", POLICY);
    const lines = [
      call("a", "tool.read"),
      result("a", "ok", { result: { rows: 3, secret: "s3cr3t" } }),
      call("b", "tool.write"),
      call("c", "tool.read"),
      JSON.stringify(intent("tool.rm")),
      result("c", "error", { result_digest: "ab".repeat(32) }),
    ];
    const stream = argv`gate stream --policy policy.yaml --trace-dir t --key-mode prod
      --private-key k/gait_private.key --run-id r1 --runpack out/run.zip`;
    const { code, stdout, stderr } = await gaitWith({ stdin: lines.join("\n") }, ...stream);
    assert.equal(code, 0, stderr);
    const answers = stdout.trimEnd().split("\n").map((text) => JSON.parse(text));
    assert.deepEqual(
      answers.map(({ id, ok, verdict, recorded, call_id }) => [id, ok, verdict ?? recorded, call_id]),
      [
        ["a", true, "allow", "call_0001"],
        ["a", true, true, "call_0001"],
        ["b", true, "require_approval", "call_0002"],
        ["c", true, "allow", "call_0003"],
        [5, true, "block", "call_0004"],
        ["c", true, true, "call_0003"],
      ],
    );
    assert(stderr.includes("out/run.zip"));
    assert.deepEqual((await files()).filter((name) => name.startsWith("out/")), ["out/run.zip"]);
    assert.equal((await gait`verify out/run.zip --require-signature --public-key k/gait_public.key`).code, 0);
    const { json } = await gait`run inspect out/run.zip --json`;
    assert.deepEqual(
      json.entries.map(({ tool_name, status }: Record<string, string>) => [tool_name, status]),
      [["tool.read", "ok"], ["tool.write", "approval_required"], ["tool.read", "error"], [
        "tool.rm",
        "blocked",
      ]],
    );
    assert(!new TextDecoder("latin1").decode(await bytes("out/run.zip")).includes("s3cr3t"));
    const pack =
      await gait`pack build out/run.zip --from-traces t --policy policy.yaml --out proof.zip --json`;
    assert.equal(pack.code, 0, pack.stdout);
    assert.equal((await gait`pack verify proof.zip --trace-public-key k/gait_public.key`).code, 0);
    assert.equal((await gait`regress init --from out/run.zip --name r`).code, 0);
    assert.equal((await gait`regress run --candidate out/run.zip`).code, 0);
  }));

Deno.test("gate stream --simulate records no call as allowed, and the run can be packed with its traces", () =>
  onStage(async ({ gait, gaitWith, write }) => {
    await write("policy.yaml", POLICY);
    const stream = argv`gate stream --policy policy.yaml --trace-dir t --simulate --runpack run.zip`;
    const lines = [call("a", "tool.read"), call("b", "tool.rm"), result("a", "ok")];
    const { stdout } = await gaitWith({ stdin: lines.slice(0, 2).join("\n") }, ...stream);
    assert.deepEqual(stdout.trimEnd().split("\n").map((line) => JSON.parse(line).verdict), [
      "allow",
      "allow",
    ]);
    const { json } = await gait`run inspect ./run.zip --json`;
    assert.deepEqual(json.entries.map(({ status }: { status: string }) => status), ["dry_run", "dry_run"]);
    const pack = await gait`pack build ./run.zip --from-traces t --policy policy.yaml --out proof.zip --json`;
    assert.equal(pack.code, 0, pack.stdout);
    const reported = await gaitWith({ stdin: lines.join("\n") }, ...stream);
    assert.match(reported.stdout, /executed without an allow/);
  }));

Deno.test("gate stream --runpack keeps arguments and results with --capture-mode raw, and numbers a taken name", () =>
  onStage(async ({ gait, gaitWith, write, files, bytes }) => {
    await write("policy.yaml", POLICY);
    const stream = argv`gate stream --policy policy.yaml --no-trace --runpack run.zip --capture-mode raw`;
    const stdin = [call("a", "tool.read"), result("a", "ok", { result: { rows: 3 } })].join("\n");
    assert.equal((await gaitWith({ stdin }, ...stream)).code, 0);
    assert.equal((await gaitWith({ stdin }, ...stream)).code, 0);
    assert.deepEqual((await files()).filter((name) => name.endsWith(".zip")), ["run.zip", "run_2.zip"]);
    const [entry] = await entriesOf(await bytes("run_2.zip"));
    assert.deepEqual([entry!.args, entry!.result], [{ n: 0, secret: "s3cr3t" }, {
      rows: 3,
    }]);
    assert.equal((await gait`run diff run.zip run_2.zip`).code, 0, "the same calls");
  }));

Deno.test("of several results of a call the first one counts, however long it takes to be digested", () =>
  onStage(async ({ gait, gaitWith, write }) => {
    await write("policy.yaml", POLICY);
    const stream = argv`gate stream --policy policy.yaml --no-trace --runpack run.zip`;
    const long = { result: { text: "x".repeat(4 << 20) } };
    const stdin = [
      call("a", "tool.read"),
      result("a", "ok", long),
      result("a", "error"),
      result("a", "error"),
    ];
    const { stdout } = await gaitWith({ stdin: stdin.join("\n") }, ...stream, "--max-line-bytes=8388608");
    const answers = stdout.trimEnd().split("\n").map((text) => JSON.parse(text));
    assert.deepEqual(answers.map(({ recorded, exit_code }) => recorded ?? exit_code), [0, true, 6, 6]);
    const { json } = await gait`run inspect run.zip --json`;
    assert.deepEqual(json.entries.map(({ status }: { status: string }) => status), ["ok"]);
  }));

Deno.test("gate stream refuses results that belong to no decided call, or twice, or to several, and goes on", () =>
  onStage(async ({ gait, gaitWith, write }) => {
    await write("policy.yaml", POLICY);
    const stream = argv`gate stream --policy policy.yaml --no-trace --runpack run.zip`;
    const stdin = [
      result("a", "ok"),
      call("a", "tool.read"),
      result("a", "ok"),
      result("a", "ok"),
      call("same", "tool.read", 1),
      call("same", "tool.read", 2),
      result("same", "ok"),
      result("1", "ok"),
      result("a", ""),
      '{"gait.result": {"id": "a"}}',
      '{"gait.result": {"status": "ok"}}',
      '{"gait.result": {"id": "a", "status": "ok", "verdict": "allow"}}',
      `{"gait.result": {"id": "a", "status": "ok"}, "intent": ${JSON.stringify(intent("tool.read"))}}`,
      result("a", "ok", { result: {}, result_digest: "ab".repeat(32) }),
      call("rm", "tool.rm"),
      result("rm", "ok"),
      call("last", "tool.read"),
    ].join("\n");
    const { code, stdout } = await gaitWith({ stdin }, ...stream);
    assert.equal(code, 0);
    const answers = stdout.trimEnd().split("\n").map((text) => JSON.parse(text));
    assert.deepEqual(
      answers.map(({ ok, exit_code, verdict, recorded }) => ok ? recorded ?? verdict : [verdict, exit_code]),
      [
        ["block", 6],
        "allow",
        true,
        ["block", 6],
        "allow",
        "allow",
        ["block", 6],
        ["block", 6],
        ...Array.from({ length: 6 }, () => ["block", 6]),
        "block",
        true,
        "allow",
      ],
    );
    assert.equal(answers.at(-2).warnings.length, 1, "executed without an allow");
    const { json } = await gait`run inspect run.zip --json`;
    assert.equal(json.entries.length, 5);
    const alone = await gaitWith(
      { stdin: result("a", "ok") },
      ...argv`gate stream --policy policy.yaml --no-trace`,
    );
    assert.deepEqual([alone.code, JSON.parse(alone.stdout).exit_code], [0, 6]);
    assert.equal((await gait`gate stream --policy policy.yaml --run-id x`).code, 6);
  }));

Deno.test("two processes do not record into one runpack", () =>
  onStage(async ({ folder, gaitWith, write }) => {
    await write("policy.yaml", POLICY);
    const stream = argv`gate stream --policy policy.yaml --no-trace --runpack run.zip`;
    const talk = talkTo(folder, ...stream);
    await talk.send(call("a", "tool.read"));
    assert.equal((await talk.next()).verdict, "allow");
    const second = await gaitWith({ stdin: call("b", "tool.read") }, ...stream);
    assert.deepEqual([second.code, second.stdout], [1, ""]);
    assert.equal((await talk.end()).code, 0);
  }));

Deno.test("gate stream --runpack writes the runpack at SIGTERM, with everything that it accepted", () =>
  onStage(async ({ folder, write, files, bytes }) => {
    await write("policy.yaml", POLICY);
    const talk = talkTo(folder, ...argv`gate stream --policy policy.yaml --no-trace --runpack run.zip`);
    await talk.send(...Array.from({ length: 20 }, (_, n) => call(`c${n}`, "tool.read", n)));
    await talk.next();
    talk.kill("SIGTERM");
    const { code, rest } = await talk.end();
    assert.deepEqual([code, rest.length], [0, 19]);
    assert.equal((await entriesOf(await bytes("run.zip"))).length, 20);
    assert.deepEqual((await files()).filter((name) => name.startsWith("run")), ["run.zip"]);
  }));
