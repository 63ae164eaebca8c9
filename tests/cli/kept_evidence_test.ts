/** Nothing that proves something is silently replaced: the same content again is fine, another one is not. */
import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";

const POLICY = "default_verdict: block\nrules:\n" +
  "  - {name: read, effect: allow, match: {tool_names: [tool.read]}}\n" +
  "  - {name: write, effect: require_approval, match: {tool_names: [tool.write]}}\n";
const intent = (tool: string, identity = "a") =>
  JSON.stringify({ tool_name: tool, context: { identity, workspace: "/w", risk_class: "low" } });
const run = (id: string, tool = "tool.read") =>
  JSON.stringify({
    run: {
      run_id: id,
      created_at: "2026-04-01T09:00:00Z",
      env: { os: "linux", arch: "amd64", runtime: "x" },
    },
    intents: [{ intent_id: "1", tool_name: tool, args: { path: "a" } }],
    results: [{ intent_id: "1", status: "ok", result: { n: 1 } }],
    capture_mode: "raw",
  });

async function evaluate({ gait, write }: Stage, tool: string, ...more: string[]) {
  await write("intent.json", intent(tool));
  return await gait`gate eval --policy policy.yaml --intent intent.json ${more} --json`;
}

/** Content of all files whose path matches. */
async function contents({ files, read }: Stage, pattern: RegExp): Promise<string[]> {
  return await Promise.all((await files()).filter((name) => pattern.test(name)).map(read));
}

for (
  const [what, out] of [["its own name", []], ["a name that is given", [
    "--trace-out",
    "t/trace.json",
  ]]] as const
) {
  Deno.test(`gate eval keeps the traces of earlier decisions under ${what}`, () =>
    onStage(async (stage) => {
      await stage.write("policy.yaml", POLICY);
      const seen: string[] = [];
      const kept: string[] = [];
      for (let i = 0; i < 4; i++) {
        const { code, json } = await evaluate(stage, "tool.read", ...out);
        assert.equal(code, 0);
        // The newest one is where it is said to be.
        seen.push(await stage.read(json.trace_path));
        kept.push(...json.kept_records ?? []);
      }
      assert.equal(new Set(seen).size, 4);
      assert.deepEqual((await contents(stage, /trace/)).sort(), seen.toSorted());
      assert.deepEqual(await Promise.all(kept.map(stage.read)), seen.slice(0, 3));
    }));
}

Deno.test("gate eval puts the records of a decision beside its trace, and keeps the earlier ones", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", POLICY);
    await stage.gait`keys init --out-dir k`;
    const more = argv`--trace-out proofs/trace.json --approval-public-key k/gait_public.key`;
    await stage.write("none.json", "{}");
    const audits: string[] = [];
    for (const token of [["--approval-token", "none.json"], []]) {
      const { code, json } = await evaluate(stage, "tool.write", ...more, ...token);
      assert.equal(code, 4);
      assert.match(json.approval_audit_path, /^proofs\/approval_audit_[0-9a-f]{24}\.json$/);
      audits.push(await stage.read(json.approval_audit_path));
    }
    assert.notEqual(audits[0], audits[1]);
    assert.deepEqual((await contents(stage, /^proofs\/approval_audit/)).sort(), audits.toSorted());
    assert.deepEqual(await contents(stage, /^approval_audit/), []);
  }));

for (const flag of ["trace-out", "approval-audit-out", "delegation-audit-out", "credential-evidence-out"]) {
  Deno.test(`gate eval --${flag} replaces no file that is not a record, and decides nothing then`, () =>
    onStage(async (stage) => {
      await stage.write(
        "policy.yaml",
        POLICY.replace("effect: allow", "effect: allow, rate_limit: {requests: 9, window: hour}"),
      );
      const others = {
        "notes.txt": "mine",
        "other.json": '{"schema_id": "gait.gate.policy"}',
        "runpack.zip": "PK\u0003\u0004",
      };
      for (const [name, content] of Object.entries(others)) {
        await stage.write(name, content);
        const before = await stage.files();
        const { code, json } = await evaluate(stage, "tool.read", `--${flag}`, name);
        assert.deepEqual([code, json.ok, json.verdict, json.error_detail], [
          6,
          false,
          undefined,
          "output_exists",
        ]);
        assert.equal(await stage.read(name), content);
        assert.deepEqual(await stage.files(), [...new Set([...before, "intent.json"])].sort());
      }
      await stage.write("empty.json", "");
      assert.equal((await evaluate(stage, "tool.read", `--${flag}`, "empty.json")).code, 0);
    }));
}

Deno.test("gate eval counts in no file that holds something else", () =>
  onStage(async (stage) => {
    await stage.write(
      "policy.yaml",
      POLICY.replace("effect: allow", "effect: allow, rate_limit: {requests: 9, window: hour}"),
    );
    const first = await evaluate(stage, "tool.read", "--trace-out", "trace.json");
    const others = ["intent.json", "policy.yaml", first.json.trace_path];
    for (const name of others) {
      const before = await stage.read(name);
      const { code, json } = await evaluate(stage, "tool.read", "--rate-limit-state", name);
      assert.deepEqual([code, json.verdict], [6, undefined], name);
      assert.equal(await stage.read(name), before);
    }
  }));

/** A command with an output, told apart by what stands there. */
interface Case {
  readonly prepare: (stage: Stage) => Promise<unknown>;
  readonly args: readonly string[];
  readonly output: string;
}

const record = (stage: Stage, id = "r", tool?: string) =>
  stage.write(`${id}.json`, run(id, tool)).then(() => stage.gait`run record ${id}.json`);
const packed = async (stage: Stage) => {
  await record(stage);
  await stage.gait`keys init --out-dir k`;
  await stage.gait`pack build --from r --out p.zip --private-key k/gait_private.key`;
};

const CASES: Readonly<Record<string, Case>> = {
  "run record": { prepare: record, args: ["run", "record", "r.json"], output: "gait-out/runpack_r.zip" },
  "run import": {
    prepare: (stage) =>
      stage.write(
        "chat.json",
        JSON.stringify([{ role: "user", content: "hi" }, { role: "assistant", content: "ho" }]),
      ),
    args: argv`run import chat.json --run-id i`,
    output: "gait-out/runpack_i.zip",
  },
  "run reduce": {
    prepare: async (stage) => {
      await stage.write("m.json", run("m").replace(/"results":\[.*\],/, '"results":[],'));
      await stage.gait`run record m.json`;
    },
    args: argv`run reduce m --out small.zip`,
    output: "small.zip",
  },
  "run reduce, its report": {
    prepare: async (stage) => {
      await stage.write("m.json", run("m").replace(/"results":\[.*\],/, '"results":[],'));
      await stage.gait`run record m.json`;
    },
    args: argv`run reduce m --out small.zip`,
    output: "small.zip.reduce_report.json",
  },
  "migrate": { prepare: record, args: argv`migrate r --out new.zip`, output: "new.zip" },
  "pack build": {
    prepare: packed,
    args: argv`pack build --from r --out q.zip`,
    output: "q.zip",
  },
  "pack export --postgres-sql-out": {
    prepare: packed,
    args: argv`pack export p.zip --postgres-sql-out o`,
    output: "o",
  },
  "pack export --otlp-json": {
    prepare: packed,
    args: argv`pack export p.zip --otlp-json o`,
    output: "o",
  },
  "pack export --intoto": {
    prepare: packed,
    args: argv`pack export p.zip --intoto o --private-key k/gait_private.key`,
    output: "o",
  },
  "pack export --html": { prepare: packed, args: argv`pack export p.zip --html o`, output: "o" },
};

for (const [what, { prepare, args, output }] of Object.entries(CASES)) {
  Deno.test(`${what} replaces another file only when it is forced to; the same content is fine`, () =>
    onStage(async (stage) => {
      const [{ gait, write, read, files, path }] = [stage];
      await prepare(stage);
      await Deno.remove(path(output)).catch(() => {});
      assert.equal((await gait(...args)).code, 0, what);
      const wanted = await stage.bytes(output);
      assert.equal((await gait(...args)).code, 0, "the same again");
      await write(output, "somebody else's");
      const before = await files();
      const refused = await gait`${args} --json`;
      assert.deepEqual([refused.code, refused.json.ok, refused.json.error_detail], [
        6,
        false,
        "output_exists",
      ]);
      assert.equal(await read(output), "somebody else's");
      assert.deepEqual(await files(), before);
      assert.equal((await gait`${args} --force`).code, 0);
      assert.deepEqual(await stage.bytes(output), wanted);
    }));
}

for (const what of ["run record", "run reduce", "migrate", "pack build"]) {
  Deno.test(`${what} puts its archive in the place of an older one, which it keeps and names`, () =>
    onStage(async (stage) => {
      const { prepare, args, output } = CASES[what]!;
      await prepare(stage);
      await Deno.remove(stage.path(output)).catch(() => {});
      assert.equal((await stage.gait(...args)).code, 0);
      const wanted = await stage.bytes(output);
      await record(stage, "older", "tool.write");
      const older = await stage.bytes("gait-out/runpack_older.zip");
      await stage.write(output, older);
      const { code, json } = await stage.gait`${args} --json`;
      const keptAs = output.replace(/\.zip$/, "_2.zip");
      assert.deepEqual([code, json.older_kept_as], [0, keptAs]);
      assert.deepEqual(await stage.bytes(output), wanted);
      assert.deepEqual(await stage.bytes(keptAs), older);
      assert.equal("older_kept_as" in (await stage.gait`${args} --json`).json, false);
    }));
}

/** Results of work that can be had again: an older one makes room, nothing else does. */
const RESULTS: Readonly<Record<string, Case & { readonly exit?: number }>> = {
  "regress run": {
    prepare: (stage) => record(stage).then(() => stage.gait`regress init --from r`),
    args: ["regress", "run"],
    output: "regress_result.json",
  },
  "regress run --junit": {
    prepare: (stage) => record(stage).then(() => stage.gait`regress init --from r`),
    args: argv`regress run --junit j.xml`,
    output: "j.xml",
  },
  "run diff": { prepare: record, args: argv`run diff r r --output d.json`, output: "d.json" },
  "pack diff": {
    prepare: packed,
    args: argv`pack diff p.zip p.zip --output d.json`,
    output: "d.json",
  },
  "policy lint --sarif": {
    prepare: ({ write }) => write("policy.yaml", POLICY),
    args: argv`policy lint policy.yaml --sarif s.json`,
    output: "s.json",
  },
  "policy test --junit": {
    prepare: async ({ write }) => {
      await write("policy.yaml", POLICY);
      await write("f/a.intent.json", intent("tool.read"));
      await write("f/a.expect.json", '{"verdict": "allow"}');
    },
    args: argv`policy test policy.yaml --fixtures f --junit j.xml`,
    output: "j.xml",
  },
};

for (const [what, { prepare, args, output }] of Object.entries(RESULTS)) {
  Deno.test(`${what} replaces its older result and nothing else`, () =>
    onStage(async (stage) => {
      await prepare(stage);
      assert.equal((await stage.gait(...args)).code, 0);
      const result = await stage.read(output);
      // An older one that says something else.
      await stage.write(output, result.replace(/1|read/, "7"));
      assert.equal((await stage.gait(...args)).code, 0);
      assert.equal(await stage.read(output), result);
      await stage.write(output, '{"trace_id": "x"}\n');
      const refused = await stage.gait`${args} --json`;
      assert.deepEqual([refused.code, refused.json.error_detail], [6, "output_exists"]);
      assert.equal(await stage.read(output), '{"trace_id": "x"}\n');
    }));
}

Deno.test("pack export replaces the SQL of another pack, and other SQL only when it is forced to", () =>
  onStage(async (stage) => {
    await packed(stage);
    await record(stage, "other");
    await stage.gait`pack build --from other --out other.zip`;
    const sql = (pack: string) => stage.gait`pack export ${pack} --postgres-sql-out o.sql`;
    assert.equal((await sql("other.zip")).code, 0);
    const other = await stage.read("o.sql");
    assert.equal((await sql("p.zip")).code, 0);
    assert.notEqual(await stage.read("o.sql"), other);
    await stage.write("o.sql", other.replace(/ON CONFLICT[^]*/, "ON CONFLICT DO NOTHING;\n"));
    assert.equal((await sql("p.zip")).code, 6);
  }));

Deno.test("pack export --otel-out appends to its own log and to no other file", () =>
  onStage(async (stage) => {
    await packed(stage);
    const args = argv`pack export p.zip --otel-out`;
    for (let i = 1; i < 3; i++) {
      assert.equal((await stage.gait`${args} o.jsonl`).code, 0);
      assert.equal((await stage.read("o.jsonl")).trimEnd().split("\n").length, 8 * i);
    }
    await stage.write("one.json", '{"a": 1}\n');
    for (
      const name of [
        "k/gait_private.key",
        "k/gait_public.key",
        "one.json",
        "p.zip",
        "r.json",
        "gait-out/runpack_r.zip",
      ]
    ) {
      const before = await stage.bytes(name);
      assert.equal((await stage.gait`${args} ${name} --force`).code, 6, name);
      assert.deepEqual(await stage.bytes(name), before);
    }
  }));

for (const flag of ["--postgres-sql-out", "--otlp-json", "--intoto", "--html", "--otel-out"]) {
  Deno.test(`pack export ${flag} writes over no input and no key, also by force`, () =>
    onStage(async (stage) => {
      await packed(stage);
      const key = ["--private-key", "k/gait_private.key"];
      for (const name of ["p.zip", "k/gait_private.key", "./k/../k/gait_private.key"]) {
        const before = await stage.bytes(name);
        assert.equal((await stage.gait`pack export p.zip ${flag} ${name} ${key} --force`).code, 6);
        assert.deepEqual(await stage.bytes(name), before);
      }
    }));
}

Deno.test("demo records its run again, and leaves a run of the same name alone", () =>
  onStage(async (stage) => {
    for (let i = 0; i < 2; i++) assert.equal((await stage.gait("demo")).code, 0);
    // Another development key signs the same run.
    await Deno.remove(stage.path(".gait"), { recursive: true }).catch(() => {});
    await Deno.remove(stage.path(".gait-out"), { recursive: true }).catch(() => {});
    assert.equal((await stage.gait("demo")).code, 0);
    await Deno.remove(stage.path("gait-out/runpack_run_demo.zip"));
    await record(stage, "run_demo");
    const mine = await stage.bytes("gait-out/runpack_run_demo.zip");
    for (const command of ["demo", "tour"]) {
      assert.equal((await stage.gait(command)).code, 6);
      assert.deepEqual(await stage.bytes("gait-out/runpack_run_demo.zip"), mine);
    }
  }));

Deno.test("regress init keeps the recording of another run", () =>
  onStage(async (stage) => {
    await record(stage, "r");
    await record(stage, "s", "tool.write");
    const init = (...args: string[]) => stage.gait`regress init --name f --from ${args} --json`;
    assert.equal((await init("r")).code, 0);
    assert.equal((await init("r")).code, 0);
    const before = await stage.bytes("fixtures/f/runpack.zip");
    const other = await init("s");
    assert.deepEqual([other.code, other.json.run_id], [0, "s"]);
    assert.match(other.json.warnings.join(), /kept as fixtures\/f\/runpack_2\.zip$/);
    assert.deepEqual(await stage.bytes("fixtures/f/runpack_2.zip"), before);
    assert.equal((await stage.gait`regress run`).code, 0);
    await stage.write("fixtures/f/runpack.zip", "somebody else's");
    const { code, json } = await init("s");
    assert.deepEqual([code, json.error_detail], [6, "output_exists"]);
    assert.equal(await stage.read("fixtures/f/runpack.zip"), "somebody else's");
    assert.equal((await init("s", "--keep")).code, 0);
    assert.equal((await init("r", "--force")).code, 0);
    assert.deepEqual(await stage.bytes("fixtures/f/runpack.zip"), before);
  }));

Deno.test("run record says when a runpack that is called a reference holds more than digests", () =>
  onStage(async (stage) => {
    await record(stage);
    const notes = async (mode: string, id: string) =>
      (await stage.gait`run record r.json --capture-mode ${mode} --run-id ${id} --json`).json
        .notes;
    assert.equal((await notes("reference", "a")).length, 1);
    assert.equal(await notes("raw", "b"), undefined);
  }));

Deno.test("pack build of a session says which checkpoints the pack does not hold", () =>
  onStage(async ({ gait }) => {
    const session = (...args: string[]) => gait`run session ${args[0]!} --journal s.jsonl ${args.slice(1)}`;
    await session("start", "--session-id", "s", "--run-id", "r");
    for (const out of ["c1.zip", "c2.zip"]) {
      await session("append", "--tool", "t", "--verdict", "allow");
      assert.equal((await session("checkpoint", "--out", out)).code, 0);
    }
    const { code, json } = await gait`pack build --from s_chain.json --out p.zip --json`;
    assert.equal(code, 0);
    assert.match(json.notes.join(), /c1\.zip/);
  }));

Deno.test("demo --policy keeps the policy and the intent that somebody changed", () =>
  onStage(async ({ gait, write, read }) => {
    const policy = "gait-out/policy_demo_high_risk.yaml";
    assert.equal("kept_records" in (await gait`demo --policy --json`).json, false);
    await write(policy, "default_verdict: block\n");
    const { code, json } = await gait`demo --policy --json`;
    const kept = "gait-out/policy_demo_high_risk_2.yaml";
    assert.deepEqual([code, json.policy_verdict, json.kept_records], [0, "block", [kept]]);
    assert.equal(await read(kept), "default_verdict: block\n");
    assert.match(await read(policy), /block-destructive-tool-delete/);
    assert.equal("kept_records" in (await gait`demo --policy --json`).json, false);
  }));
