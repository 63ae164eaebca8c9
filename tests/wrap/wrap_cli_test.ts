import assert from "node:assert/strict";
import { formatPublicKey } from "../../lib/signing/mod.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { testKey } from "../support/sample_run.ts";
import { signedTrace, traceFile } from "../support/sample_traces.ts";

const enforce = ({ gait }: Stage, script: string, ...flags: string[]) =>
  gait("enforce", ...flags, "--json", "--", "sh", "-c", script);

Deno.test("gait enforce counts a trace only when a key that is known signed it", () =>
  onStage(async (stage) => {
    const [right, other] = [await testKey(1), await testKey(2)];
    await stage.write("team.key", formatPublicKey(right.public));
    await stage.write("signed.json", await signedTrace(right));
    await stage.write("other.json", await signedTrace(other));
    await stage.write("plain.json", traceFile());
    const edited = new TextDecoder().decode(await signedTrace(right, { verdict: "block" }));
    await stage.write("edited.json", edited.replace('"block"', '"allow"'));
    const key = ["--public-key", "team.key"];
    const good = await enforce(stage, "echo trace_path=signed.json", ...key);
    assert.deepEqual([good.code, good.json.signatures_verified], [0, 1]);
    for (const name of ["other.json", "plain.json", "edited.json"]) {
      assert.equal((await enforce(stage, `echo trace_path=${name}`)).code, 0, name);
      const planted = await enforce(stage, `echo trace_path=signed.json; echo trace_path=${name}`, ...key);
      assert.deepEqual([planted.code, planted.json.failure_reason], [3, "invalid_trace_artifact"], name);
    }
  }));

Deno.test("a trusted key of the folder is a known key", () =>
  onStage(async (stage) => {
    const key = await testKey(1);
    await stage.write("team.key", formatPublicKey(key.public));
    await stage.write("plain.json", traceFile());
    assert.equal((await stage.gait`keys trust add team.key`).code, 0);
    assert.equal((await enforce(stage, "echo trace_path=plain.json")).code, 3);
  }));

Deno.test("gait enforce takes a verdict with blanks for what it shows, and an unknown one for a block", () =>
  onStage(async (stage) => {
    await stage.write("blank.json", traceFile({ verdict: "block " }));
    await stage.write("odd.json", traceFile({ verdict: "permit" }));
    const blank = await enforce(stage, "echo trace_path=blank.json");
    assert.deepEqual([blank.code, blank.json.verdict_counts], [3, [{ verdict: "block", count: 1 }]]);
    assert.equal((await enforce(stage, "echo trace_path=odd.json")).code, 3);
  }));

Deno.test("a trace that can be read in two ways is no allow, also where no key is known", () =>
  onStage(async (stage) => {
    const allow = new TextDecoder().decode(traceFile());
    const doubled = (member: string) => allow.replace(/^\{/, `{${member},`);
    const members = [
      '"Verdict":"block"',
      '"VERDICT":"block"',
      '"verdict":"block"',
      '"verd\\u0069ct":"block"',
    ];
    for (const member of [...members, '"Tool_Name":"other"', '"\u017fchema_id":"other"', '"Signature":{}']) {
      await stage.write("t.json", doubled(member));
      const enforced = await enforce(stage, "echo trace_path=t.json");
      assert.deepEqual([enforced.code, enforced.json.failure_reason], [3, "invalid_trace_artifact"], member);
      for (const mode of ["test", "trace"]) {
        const { json } = await stage.gait(mode, "--json", "--", "sh", "-c", "echo trace_path=t.json");
        assert.deepEqual(json.verdict_counts ?? [], [], `${mode}: ${member}`);
      }
    }
    await stage.write("t.json", doubled('"note":"of a later version"'));
    assert.equal((await enforce(stage, "echo trace_path=t.json")).code, 0);
  }));

Deno.test("traces are found where --trace-root says, and a warning reports that they stand there", () =>
  onStage(async (stage) => {
    await stage.write("sub/t.json", traceFile());
    const script = "echo trace_path=t.json";
    const missed = await enforce(stage, script, "--cwd", "sub");
    assert.equal(missed.code, 3);
    assert.ok(missed.json.warnings.some((text: string) => text.includes("--trace-root sub")));
    assert.equal((await enforce(stage, script, "--cwd", "sub", "--trace-root", "sub")).code, 0);
  }));

Deno.test("everything behind -- is the child's, and nothing before it is run by mistake", () =>
  onStage(async (stage) => {
    await stage.write("t.json", traceFile());
    await stage.write("--json", '#!/bin/sh\necho trace_path=t.json\necho "$@"\n');
    await Deno.chmod(stage.path("--json"), 0o755);
    const args = ["--", "./--json", "--explain", "--", "--help", "--timeout", "x"];
    for (const mode of ["test", "enforce", "trace"]) {
      const { code, json } = await stage.gait(mode, "--json", ...args);
      assert.deepEqual([code, json.command], [0, args.slice(1)]);
      assert.equal(json.stdout, "trace_path=t.json\n--explain -- --help --timeout x\n");
    }
    assert.equal((await stage.gait("trace", "verfy", "t.json")).code, 6);
    assert.equal((await stage.gait("trace", "touch", "--", "made")).code, 6);
    assert.deepEqual(
      await stage.files(),
      ["--json", "sub/t.json", "t.json"].filter((name) => name !== "sub/t.json"),
    );
  }));

Deno.test("blanks around --cwd and --timeout do not count, and a blank --timeout is refused", () =>
  onStage(async (stage) => {
    await stage.write("sub/t.json", traceFile());
    const flags = ["--cwd", " sub ", "--timeout", " 1m30s\t"];
    const { code, json } = await enforce(stage, "echo trace_path=sub/t.json; pwd", ...flags);
    assert.deepEqual([code, json.cwd, json.stdout.trim().endsWith("/sub")], [0, "sub", true]);
    assert.equal((await enforce(stage, "echo trace_path=sub/t.json", "--timeout", " ")).code, 6);
  }));

Deno.test("the status of a child is passed on, and so is that a signal ended it", () =>
  onStage(async (stage) => {
    await stage.write("t.json", traceFile());
    for (const [script, code] of [["exit 9", 9], ["exit 255", 255], ["kill -KILL $$", 255]] as const) {
      const result = await stage.gait(
        "test",
        "--json",
        "--",
        "sh",
        "-c",
        `echo trace_path=t.json; ${script}`,
      );
      assert.deepEqual([result.code, result.json.ok, result.json.error_code], [code, false, undefined]);
    }
  }));

Deno.test("a child that floods its output is kept in bounds, and what it names last still counts", () =>
  onStage(async (stage) => {
    await stage.write("t.json", traceFile({ verdict: "block" }));
    const { code, json } = await enforce(
      stage,
      "head -c 6000000 /dev/zero | tr '\\0' x; echo; echo trace_path=t.json",
    );
    assert.deepEqual([code, json.truncated], [3, ["stdout"]]);
    assert.ok(json.stdout.length < 6_000_000);
  }));

Deno.test("people see how a failed child ended", () =>
  onStage(async ({ gait }) => {
    const { code, stdout } = await gait("test", "--", "sh", "-c", "echo first; echo broken >&2; exit 1");
    assert.equal(code, 6);
    assert.ok(stdout.includes("first") && stdout.includes("broken"));
  }));

Deno.test("the allow of a simulation lets nothing pass, and is not reported as one", () =>
  onStage(async (stage) => {
    const key = await testKey(1);
    await stage.write("team.key", formatPublicKey(key.public));
    await stage.write("sim.json", await signedTrace(key, { simulated: true }));
    const run = await enforce(stage, "echo trace_path=sim.json", "--public-key", "team.key");
    assert.deepEqual([run.code, run.json.verdict_counts], [3, [{ verdict: "dry_run", count: 1 }]]);
    const verified = await stage.gait`trace verify sim.json --public-key team.key --json`;
    assert.deepEqual([verified.code, verified.json.verdict, verified.json.simulated], [0, "allow", true]);
    assert.match((await stage.gait`trace verify sim.json --public-key team.key`).stdout, /allows nothing/);
    const { json } = await stage.gait`report top --traces sim.json --json`;
    assert.equal(json.report.top_actions[0].verdict, "dry_run");
    await stage.write("odd.json", traceFile({ simulated: "true" }));
    assert.equal((await enforce(stage, "echo trace_path=odd.json")).code, 3);
  }));

Deno.test("a wrapper tells its working folder trimmed, and a blank one not at all", () =>
  onStage(async (stage) => {
    await stage.write("sub/trace.json", traceFile());
    await stage.write("trace.json", traceFile());
    const reported = async (...flags: string[]) => {
      const { code, json } = await enforce(stage, "echo trace_path=trace.json", ...flags);
      return [code, json.cwd];
    };
    assert.deepEqual(await reported(), [0, "."]);
    assert.deepEqual(await reported("--cwd", " sub "), [0, "sub"]);
    for (const blank of ["", " "]) assert.deepEqual(await reported("--cwd", blank), [0, undefined]);
  }));
