import assert from "node:assert/strict";
import { endedChild } from "../../tests/support/fake_effects.ts";
import { packSample } from "../../tests/support/sample_run.ts";
import type { ChildRequest, ChildResult } from "../effects/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { joinPath } from "../formats/path.ts";
import type { Intent } from "../schema/runpack.ts";
import { digestOf, sha256 } from "../signing/mod.ts";
import { inspectRunpack } from "./inspect.ts";
import { readRunpack } from "./read.ts";
import { type ExecutionOptions, realTools, type ToolEffects, trimmedIntents } from "./real_tools.ts";
import { replayRun, stubTypeOf } from "./replay.ts";

const INVALID = { code: "invalid_input" };

// deno-lint-ignore no-explicit-any -- tests break the shape on purpose
type Change = (run: any) => void;
const read = async (change?: Change) => await readRunpack((await packSample(change)).bytes);

Deno.test("replayRun() repeats recorded results, stands in for known tools, and reports the rest missing", async () => {
  const pack = await read((run) => {
    run.intents.push({ intent_id: "i4", tool_name: " Kafka.Send ", args: { a: 1 } });
    run.intents.push({ intent_id: "a", tool_name: "tool.odd", args: {} });
  });
  const { steps, missing } = await replayRun(pack);
  assert.deepEqual(steps.map((step) => step.execution), [
    "recorded",
    "recorded",
    "missing",
    "stubbed",
    "missing",
  ]);
  assert.deepEqual(missing, ["a", "i3"]);
  assert.deepEqual([steps[0]!.status, steps[0]!.result_digest], ["ok", pack.results[0]!.result_digest]);
  const digest = await digestOf({ a: 1 });
  assert.deepEqual(
    [steps[3]!.stub_type, steps[3]!.result_digest],
    ["queue", await sha256(utf8(`run_sample:i4:kafka.send:${digest}:queue`))],
  );
  assert.deepEqual(await replayRun(pack), { steps, missing });
});

Deno.test("stubTypeOf() takes the first class that matches", () => {
  const pairs: [string, string | undefined][] = [
    ["HTTP.get", "http"],
    ["fetch_file", "http"],
    ["curl", "http"],
    ["FS.read", "file"],
    ["rewrite", "file"],
    ["mysql", "db"],
    ["tableau", "db"],
    ["pubsub.publish", "queue"],
    ["mail.send", undefined],
    ["", undefined],
  ];
  for (const [name, type] of pairs) assert.equal(stubTypeOf(name), type, name);
});

Deno.test("replayRun() refuses repeated intents and repeated results", async () => {
  const twice: Change[] = [
    (run) => run.intents.push(run.intents[0]),
    (run) => run.results.push(run.results[0]),
  ];
  for (const change of twice) await assert.rejects(replayRun(await read(change)), INVALID);
});

/** Effects that write down what is asked of them. */
function fakeEffects(result: Partial<ChildResult> = {}) {
  const written = new Map<string, string>();
  const ran: ChildRequest[] = [];
  const files = {
    makeFolder: () => Promise.resolve(),
    realPath: (path: string) => Promise.resolve(joinPath("/w", path)),
    writeAtomic: (path: string, content: Uint8Array) => {
      written.set(path, new TextDecoder().decode(content));
      return Promise.resolve();
    },
  } as unknown as ToolEffects["files"];
  const runChild = (request: ChildRequest): Promise<ChildResult> => {
    ran.push(request);
    return Promise.resolve(endedChild("out", result));
  };
  return { effects: { files, runChild }, written, ran };
}

async function execute(
  tool: string,
  args: unknown,
  allowed: string[],
  result?: Partial<ChildResult>,
  options?: ExecutionOptions,
) {
  const fake = fakeEffects(result);
  const pack = await read((run) => run.intents = [{ intent_id: "i", tool_name: tool, args }]);
  const { steps } = await replayRun({ ...pack, results: [] }, realTools(allowed, fake.effects, options));
  return { ...fake, step: steps[0]! };
}

Deno.test("realTools() executes nothing that is not allowed by name", async () => {
  for (const allowed of [[], ["shell"], ["shell.exec.more"], ["*"], [""]]) {
    const { ran, written, step } = await execute("shell.exec", { command: "id" }, allowed);
    assert.deepEqual([ran, written.size, step.execution], [[], 0, "missing"]);
  }
});

Deno.test("realTools() writes files inside the working folder only", async () => {
  const good = await execute("File.Write", { path: " a/b.txt ", content: " x " }, [" FILE.write "]);
  assert.deepEqual([[...good.written], good.step.status], [[["a/b.txt", "x"]], "ok"]);
  assert.equal(good.step.result_digest, await sha256(utf8("x")));
  const outside = ["/etc/passwd", "../x", "a/../../x", "x\0", ""];
  const relied = [
    ".gait/trust/me.key",
    "a/.Gait/config.yaml",
    "gait.yaml",
    "./.gait.yaml",
    ".git/hooks/pre-commit",
  ];
  const proofs = ["gait-out/runpack_x.zip", ".gait-out/gate_rate_limits.json", "b/../gait-out"];
  for (const path of [...outside, ...relied, ...proofs]) {
    const { written, step } = await execute("fs.write", { path, content: "x" }, ["fs.write"]);
    assert.deepEqual(
      [written.size, step.status, step.execution],
      [0, "error", "executed"],
      JSON.stringify(path),
    );
  }
});

Deno.test("realTools() takes arguments as recorded when asked, and names those that it would trim", async () => {
  const exact = (tool: string, args: unknown) => execute(tool, args, [tool], {}, { exact: true });
  const file = await exact("fs.write", { path: "a.txt", content: " x\n" });
  assert.deepEqual([[...file.written], file.step.result_digest], [
    [["a.txt", " x\n"]],
    await sha256(utf8(" x\n")),
  ]);
  assert.deepEqual((await exact("exec", { command: " ls\n" })).ran[0]!.args, ["-c", " ls\n"]);
  assert.equal((await exact("echo", { message: " hi" })).step.result_digest, await sha256(utf8(" hi")));
  const intents = [
    { intent_id: "end", tool_name: " FS.write ", args: { path: "a", content: "x\n" } },
    { intent_id: "same", tool_name: "fs.write", args: { path: "a", content: "x", other: " y" } },
    { intent_id: "barred", tool_name: "exec", args: { command: " ls" } },
    { intent_id: "none", tool_name: "fs.write", args: null },
  ] as unknown as Intent[];
  assert.deepEqual(trimmedIntents(intents, ["fs.write", "my.tool"]), ["end"]);
});

Deno.test("realTools() gives the digests and error texts of docs/spec/core.md 5.3 step 5", async () => {
  const of = (text: string) => sha256(utf8(text));
  const shell = (result: Partial<ChildResult>) => execute("exec", { command: "x" }, ["exec"], result);
  const ok = await shell({});
  assert.deepEqual([ok.step.status, ok.step.result_digest], ["ok", await of("out")]);
  assert.deepEqual([ok.ran[0]!.command, ok.ran[0]!.args, ok.ran[0]!.timeout, ok.ran[0]!.outputLimit], [
    "sh",
    ["-c", "x"],
    5000,
    65536,
  ]);
  const failures: [Partial<ChildResult>, string][] = [
    [{ code: 7 }, "exit status 7"],
    [{ code: -1, timedOut: true, signal: "SIGKILL" }, "signal: killed"],
    [{ code: -1, signal: "SIGTERM" }, "signal: terminated"],
  ];
  for (const [result, text] of failures) {
    const { step } = await shell(result);
    assert.deepEqual([step.status, step.result_digest], ["error", await of(text)], text);
    assert.equal(step.output_digest, await of("out"), text);
  }
  assert.equal(ok.step.output_digest, await of("out"));
  const others: [string, unknown, string][] = [
    ["exec", {}, "shell.exec requires args.command"],
    ["write_file", { content: "x" }, "file.write requires args.path"],
    ["My.Tool", {}, "unsupported real tool: My.Tool"],
  ];
  for (const [tool, args, text] of others) {
    const { step } = await execute(tool, args, [tool]);
    assert.deepEqual([step.status, step.result_digest], ["error", await of(text)], text);
  }
  assert.equal((await execute("echo", {}, ["echo"])).step.result_digest, await of("echo"));
  assert.equal(
    (await execute("tool.echo", { message: " hi " }, ["tool.echo"])).step.result_digest,
    await of("hi"),
  );
});

Deno.test("realTools() refuses an intent whose arguments were stripped before it executes any other", async () => {
  const { effects, ran } = fakeEffects();
  const pack = await read((run) =>
    run.intents = [
      { intent_id: "h", tool_name: "exec", args: { command: "true" } },
      { intent_id: "i", tool_name: "exec", args_digest: "ab".repeat(32) },
    ]
  );
  await assert.rejects(replayRun({ ...pack, results: [] }, realTools(["exec"], effects)), INVALID);
  assert.deepEqual(ran, []);
});

Deno.test("inspectRunpack() lines intents up with their first results", async () => {
  const { entries, unmatched, warnings } = inspectRunpack(
    await read((run) => {
      run.results.push({ intent_id: "i1", status: "late", result: {} }, {
        intent_id: "zz",
        status: "ok",
        result: { verdict: 1 },
      });
      run.results.push({
        intent_id: "aa",
        status: "ok",
        result: { violations: "one", reason_codes: [1, null] },
      });
    }),
  );
  assert.deepEqual(entries.map((one) => [one["index"], one["intent_id"], one["status"]]), [[1, "i1", "ok"], [
    2,
    "i2",
    "error",
  ], [3, "i3", undefined]]);
  assert.deepEqual([entries[0]!["verdict"], entries[0]!["reason_codes"]], ["allow", ["a", "b"]]);
  for (const name of ["verdict", "reason_codes", "violations"]) {
    assert.equal(Object.hasOwn(entries[1]!, name), false);
  }
  assert.deepEqual(unmatched.map((one) => one["intent_id"]), ["aa", "zz"]);
  assert.deepEqual([unmatched[0]!["violations"], Object.hasOwn(unmatched[0]!, "reason_codes")], [
    ["one"],
    false,
  ]);
  assert.deepEqual(warnings, ["multiple result records for intent_id=i1 (kept first)"]);
});
