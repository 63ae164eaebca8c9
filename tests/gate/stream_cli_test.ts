import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { GATED_POLICY as POLICY } from "../support/gated.ts";
import { onStage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { talkTo } from "../support/talk.ts";

const intent = (tool: string, n = 0) => ({
  tool_name: tool,
  args: { n },
  context: { identity: "a", workspace: "/w", risk_class: "low" },
});
const line = (tool: string, n = 0) => JSON.stringify(intent(tool, n));

Deno.test("gate stream answers each line in order, as gate eval would, with a trace that verifies", () =>
  onStage(async ({ gait, gaitWith, write, read }) => {
    await gait`keys init --out-dir k`;
    await write("policy.yaml", POLICY);
    const key = argv`--key-mode prod --private-key k/gait_private.key`;
    const lines = [
      line("tool.read"),
      JSON.stringify({ id: "w", intent: intent("tool.write") }),
      "no json",
      JSON.stringify({ id: 9, intent: intent("tool.rm") }),
    ];
    const { code, stdout } = await gaitWith(
      { stdin: lines.join("\n") + "\n" },
      ...argv`gate stream --policy policy.yaml ${key} --trace-dir t`,
    );
    assert.equal(code, 0);
    const answers = stdout.trimEnd().split("\n").map((text) => JSON.parse(text));
    assert.deepEqual(answers.map(({ id, ok, verdict, exit_code }) => [id, ok, verdict, exit_code]), [
      [1, true, "allow", 0],
      ["w", true, "require_approval", 4],
      [3, false, "block", 6],
      [9, true, "block", 3],
    ]);
    for (const [at, tool] of [[0, "tool.read"], [1, "tool.write"], [3, "tool.rm"]] as const) {
      await write("intent.json", line(tool));
      const single = await gait`gate eval --policy policy.yaml --intent intent.json ${key} --json`;
      const answer = answers[at];
      for (const name of ["verdict", "reason_codes", "intent_digest", "policy_digest", "trace_id"]) {
        assert.deepEqual(answer[name], single.json[name], name);
      }
      const trace = JSON.parse(await read(answer.trace_path));
      assert.deepEqual([trace.trace_id, trace.verdict], [answer.trace_id, answer.verdict]);
      const verified = await gait`trace verify ${answer.trace_path}
        --public-key k/gait_public.key`;
      assert.equal(verified.code, 0);
    }
  }));

Deno.test("gate stream reads the policy again when it changes, and decides nothing while it can't be read", () =>
  onStage(async ({ folder, write }) => {
    await write("policy.yaml", POLICY);
    const talk = talkTo(folder, "gate", "stream", "--policy", "policy.yaml");
    const ask = async () => {
      await talk.send(line("tool.read"));
      return await talk.next();
    };
    const first = await ask();
    assert.deepEqual([first.verdict, first.exit_code], ["allow", 0]);
    await write("policy.yaml", POLICY.replace("effect: allow", "effect: block"));
    const second = await ask();
    assert.deepEqual([second.verdict, second.exit_code], ["block", 3]);
    assert.notEqual(second.policy_digest, first.policy_digest);
    await write("policy.yaml", "rules: [");
    const third = await ask();
    assert.deepEqual([third.ok, third.verdict, third.exit_code], [false, "block", 6]);
    await Deno.remove(`${folder}/policy.yaml`);
    assert.equal((await ask()).ok, false);
    await write("policy.yaml", POLICY);
    const last = await ask();
    assert.deepEqual([last.verdict, last.policy_digest], ["allow", first.policy_digest]);
    assert.equal((await talk.end()).code, 0);
  }));

Deno.test("gate stream finishes what it accepted at SIGTERM and leaves no journal", () =>
  onStage(async ({ folder, write, files }) => {
    await write("policy.yaml", POLICY);
    const talk = talkTo(folder, "gate", "stream", "--policy", "policy.yaml", "--trace-dir", "t");
    const lines = Array.from({ length: 50 }, (_, n) => line("tool.read", n));
    await talk.send(...lines);
    const first = await talk.next();
    talk.kill("SIGTERM");
    const { code, rest } = await talk.end();
    assert.equal(code, 0);
    // All fifty were one piece, so all were accepted before the signal.
    assert.deepEqual([first, ...rest].map(({ id }) => id), lines.map((_, n) => n + 1));
    const left = await files();
    for (const { trace_path } of [first, ...rest]) assert(left.includes(trace_path));
    assert.deepEqual(left.filter((name) => name.includes(".journal")), []);
  }));

Deno.test("gate stream takes approvals with a line, and one for single use once", () =>
  onStage(async ({ gait, gaitWith, write, read }) => {
    await gait`keys init --out-dir k`;
    await write("policy.yaml", POLICY);
    await write("intent.json", line("tool.write"));
    const stream = argv`gate stream --policy policy.yaml --approval-public-key k/gait_public.key`;
    const stopped = JSON.parse((await gaitWith({ stdin: line("tool.write") }, ...stream)).stdout);
    assert.equal(stopped.verdict, "require_approval");
    const approve = await gait`approve --from-trace ${stopped.trace_path} --intent intent.json
      --ttl 1h --yes --approver dana --reason-code chg-7 --single-use --out token.json --key-mode prod
      --private-key k/gait_private.key`;
    assert.equal(approve.code, 0, approve.stderr);
    const token = JSON.parse(await read("token.json"));
    const ask = (tool: string, tokens: unknown[]) =>
      JSON.stringify({ intent: intent(tool), approval_tokens: tokens });
    const tampered = { ...token, approver_identity: "somebody" };
    const { stdout } = await gaitWith({
      stdin: [
        ask("tool.rm", [token]),
        ask("tool.write", [tampered]),
        ask("tool.write", [{}]),
        ask("tool.write", [token]),
        ask("tool.write", [token]),
      ].join("\n"),
    }, ...stream);
    const answers = stdout.trimEnd().split("\n").map((text) => JSON.parse(text));
    assert.deepEqual(answers.map(({ verdict }) => verdict), [
      "block",
      "require_approval",
      "require_approval",
      "allow",
      "require_approval",
    ]);
    assert(answers[1].reason_codes.includes("approval_token_signature_invalid"));
    assert(answers[2].reason_codes.includes("approval_token_invalid"));
    assert(answers[4].reason_codes.includes("approval_token_replayed"));
  }));

Deno.test("gate stream counts limits exactly and in order", () =>
  onStage(async ({ gaitWith, write }) => {
    await write("policy.yaml", "rules: [{name: r, effect: allow, rate_limit: {requests: 3, window: hour}}]");
    const hour = () => Math.floor(Date.now() / 3_600_000);
    let verdicts: string[] = [];
    for (let begun = -1; begun !== hour();) {
      begun = hour();
      const { stdout } = await gaitWith(
        { stdin: Array.from({ length: 6 }, (_, n) => line("tool.read", n) + "\n").join("") },
        ...argv`gate stream --policy policy.yaml --rate-limit-state s${begun}.json --no-trace`,
      );
      verdicts = stdout.trimEnd().split("\n").map((text) => JSON.parse(text).verdict);
    }
    assert.deepEqual(verdicts, ["allow", "allow", "allow", "block", "block", "block"]);
  }));

Deno.test("gate stream without traces writes nothing", () =>
  onStage(async ({ gaitWith, write, files }) => {
    await write("policy.yaml", POLICY);
    const { stdout } = await gaitWith(
      { stdin: line("tool.read") },
      ...argv`gate stream --policy policy.yaml --no-trace`,
    );
    const answer = JSON.parse(stdout);
    assert.deepEqual([answer.verdict, answer.trace_path], ["allow", undefined]);
    assert.deepEqual(await files(), ["policy.yaml"]);
  }));

Deno.test("gate stream refuses longer lines than --max-line-bytes allows, and takes the ones behind", () =>
  onStage(async ({ gaitWith, write }) => {
    await write("policy.yaml", POLICY);
    const { code, stdout } = await gaitWith(
      { stdin: `${line("tool.read")}\n${"x".repeat(200)}\n${line("tool.read")}\n` },
      ...argv`gate stream --policy policy.yaml --no-trace --max-line-bytes 150`,
    );
    assert.deepEqual(stdout.trimEnd().split("\n").map((text) => JSON.parse(text).ok), [true, false, true]);
    assert.equal(code, 0);
  }));

for (
  const [what, args] of Object.entries({
    "a policy that is missing": ["--policy", "none.yaml"],
    "no policy": [],
    "a limit that is not a number": argv`--policy policy.yaml --max-in-flight 0`,
    "a folder outside of the working folder": argv`--policy policy.yaml --trace-dir ../t`,
    "simulation in production": argv`--policy policy.yaml --profile oss-prod --simulate`,
  })
) {
  Deno.test(`gate stream does not start with ${what}`, () =>
    onStage(async ({ gaitWith, write }) => {
      await write("policy.yaml", POLICY);
      const { code, json } = await gaitWith(
        { stdin: line("tool.read") },
        ...argv`gate stream ${args} --json`,
      );
      assert.deepEqual([code, json.ok, json.verdict], [6, false, undefined]);
    }));
}

Deno.test("gate stream can lose no trace that it answered when it is killed", () =>
  onStage(async ({ folder, write, files, read, gaitWith }) => {
    await write("policy.yaml", POLICY);
    for (let round = 0; round < 12; round++) {
      const talk = talkTo(folder, "gate", "stream", "--policy", "policy.yaml", "--trace-dir", "t");
      const sent = talk.send(...Array.from({ length: 400 }, (_, n) => line("tool.read", 1000 * round + n)));
      const answered = [];
      for (let n = 0; n < 1 + 13 * round; n++) answered.push(await talk.next());
      talk.kill("SIGKILL");
      await sent.catch(() => {});
      for (const { trace_path, trace_id } of answered) {
        assert.equal(JSON.parse(await read(trace_path)).trace_id, trace_id);
      }
      await talk.end().catch(() => {});
    }
    // As if the machine had gone down with the process: files that were never waited for are gone or torn.
    const before = (await files()).filter((name) => /^t\/trace_/.test(name));
    const journalled = (await files()).filter((name) => name.startsWith("t/.journal/"));
    assert(journalled.length > 0);
    const text = (await Promise.all(journalled.map(read))).join("");
    const kept = before.filter((name) => text.includes(name.slice(2)));
    for (const [i, name] of kept.entries()) {
      if (i % 2 === 0) await Deno.remove(`${folder}/${name}`);
      else await Deno.truncate(`${folder}/${name}`, 100);
    }
    const { code } = await gaitWith(
      { stdin: "" },
      ...argv`gate stream --policy policy.yaml --trace-dir t`,
    );
    assert.equal(code, 0);
    const after = (await files()).filter((name) => /^t\/trace_/.test(name));
    for (const name of kept) assert(after.includes(name));
    for (const name of after) JSON.parse(await read(name));
    assert.deepEqual((await files()).filter((name) => /\.jsonl$/.test(name)), []);
  }));

const NO_PIPES = { ignore: Deno.build.os === "windows" };

Deno.test(
  "gate stream takes no policy from a pipe, which would be empty the second time",
  NO_PIPES,
  () =>
    onStage(async ({ folder, write }) => {
      await write("policy.yaml", POLICY);
      const stream = `"$0" gate stream --policy /dev/fd/3 --no-trace --json 3<&0 </dev/null`;
      const { code, stdout } = await new Deno.Command("sh", {
        args: ["-c", `cat policy.yaml | ${stream}`, `${repository}bin/gait`],
        cwd: folder,
      }).output();
      const answer = JSON.parse(new TextDecoder().decode(stdout));
      assert.deepEqual([code, answer.ok, answer.error_code], [6, false, "invalid_input"]);
    }),
);

Deno.test(
  "gate stream decides nothing while a pipe or a folder stands in the place of its policy",
  NO_PIPES,
  () =>
    onStage(async ({ folder, write }) => {
      const path = `${folder}/policy.yaml`;
      await write("policy.yaml", POLICY);
      const talk = talkTo(folder, "gate", "stream", "--policy", "policy.yaml", "--no-trace");
      const ask = async () => {
        await talk.send(line("tool.read"));
        const { ok, verdict } = await talk.next();
        return [ok, verdict];
      };
      assert.deepEqual(await ask(), [true, "allow"]);
      await Deno.remove(path);
      await new Deno.Command("mkfifo", { args: [path] }).output();
      assert.deepEqual(await ask(), [false, "block"]);
      await Deno.remove(path);
      await Deno.mkdir(path);
      assert.deepEqual(await ask(), [false, "block"]);
      await Deno.remove(path);
      await write("elsewhere.yaml", POLICY);
      await Deno.symlink("elsewhere.yaml", path);
      assert.deepEqual(await ask(), [true, "allow"]);
      await write("elsewhere.yaml", "default_verdict: block");
      assert.deepEqual(await ask(), [true, "block"]);
      assert.equal((await talk.end()).code, 0);
    }),
);
