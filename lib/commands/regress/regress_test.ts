import assert from "node:assert/strict";
import { dispatch } from "../../cli/dispatch.ts";
import { type Files, makeFiles, systemEffects } from "../../effects/mod.ts";
import { demoRun, FIXED_CONTEXT } from "../../runpack/demo.ts";
import { recordRun } from "../../runpack/record.ts";
import { joinPath } from "../../formats/path.ts";

const TABLE = (["init", "run", "bootstrap"] as const).map((name) => ({
  name: `regress ${name}`,
  summary: "",
  goal: "Never again" as const,
  load: () => import(`./${name}.ts`),
}));

/** The files of a folder, as if it were the working folder. */
function filesIn(folder: string): Files {
  const files = makeFiles();
  const at = (path: string) => joinPath(folder, path);
  return {
    ...files,
    read: (path, limit) => files.read(at(path), limit),
    stat: (path) => files.stat(at(path)),
    isFile: (path) => files.isFile(at(path)),
    list: (path) => files.list(at(path)),
    writeAtomic: (path, content, options) => files.writeAtomic(at(path), content, options),
    writeOutput: (path, content, rules) => files.writeOutput(at(path), content, rules),
    checkOutput: (path, rules, content) => files.checkOutput(at(path), rules, content),
    makeFolder: (path) => files.makeFolder(at(path)),
    remove: (path) => files.remove(at(path)),
    appendLine: (path, line) => files.appendLine(at(path), line),
    withLock: (path, options, step) => files.withLock(at(path), options, step),
  };
}

interface Stage {
  readonly files: Files;
  // deno-lint-ignore no-explicit-any -- tests look into results of many shapes
  gait(...args: string[]): Promise<{ code: number; out: string; err: string; json: any }>;
}

/** Play a story in a folder that holds the demo run and another run of its task. */
async function onStage(body: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const files = filesIn(folder);
  const demo = await demoRun("1.0.0");
  const other = {
    ...demo,
    run: { ...demo.run, run_id: "run_other" },
    intents: demo.intents.map((intent) => ({ ...intent, intent_id: `other_${intent.intent_id}` })).slice(1),
    results: demo.results.map((result) => ({ ...result, intent_id: `other_${result.intent_id}` })).slice(1),
  };
  await files.makeFolder("gait-out");
  for (const [id, run] of [["run_demo", demo], ["run_other", other]] as const) {
    await files.writeAtomic(`gait-out/runpack_${id}.zip`, (await recordRun(run, FIXED_CONTEXT)).bytes);
  }
  try {
    await body({
      files,
      async gait(...args) {
        let [out, err] = ["", ""];
        const code = await dispatch(["regress", ...args], {
          hot: [],
          table: () => Promise.resolve(TABLE),
          effects: { ...systemEffects(), files, home: undefined },
          console: {
            out: (text) => void (out += text),
            err: (text) => void (err += text),
            colour: false,
            colourErrors: false,
            width: Infinity,
          },
          version: "1.2.3",
          narrow: () => {},
        });
        return { code, out, err, json: args.includes("--json") ? JSON.parse(out) : undefined };
      },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("regress: a blank path counts as not given, but in the place of a default it is refused", () =>
  onStage(async ({ gait }) => {
    const made = await gait("init", "--from", "run_demo", "--name", "", "--checkpoint", " ", "--json");
    assert.deepEqual([made.code, made.json.fixture_name], [0, "run_demo"]);
    const run = await gait("run", "--junit", " ", "--json");
    assert.deepEqual([run.code, run.json.artifact_paths], [0, ["regress_result.json"]]);
    for (
      const args of [
        ["run", "--config", ""],
        ["run", "--output", " "],
        ["init"],
        ["init", "--from", ""],
        // Else every fixture would be compared with itself, and pass.
        ["run", "--candidate", ""],
        ["run", "--candidate", " , "],
      ]
    ) {
      assert.equal((await gait(...args)).code, 6, args.join(" "));
    }
  }));

Deno.test("regress init and run: JSON as in the contract", () =>
  onStage(async ({ gait }) => {
    const init = await gait("init", "--from", "run_demo", "--json");
    const { correlation_id: _, next_commands, ...rest } = init.json;
    assert.deepEqual(rest, {
      ok: true,
      run_id: "run_demo",
      fixture_name: "run_demo",
      fixture_dir: "fixtures/run_demo",
      runpack_path: "fixtures/run_demo/runpack.zip",
      config_path: "gait.yaml",
      recorded: {
        tool_calls: 3,
        tools: ["tool.search", "tool.fetch", "tool.summarize"],
        verdicts: { allow: 3 },
        errors: 0,
        unanswered: 0,
      },
    });
    assert.ok(next_commands.length > 0);

    const run = await gait("run", "--junit", "out/j.xml", "--json");
    const { correlation_id: __, notes, ...result } = run.json;
    assert.equal(notes.length, 1);
    assert.equal(run.code, 0);
    assert.deepEqual(result, {
      ok: true,
      status: "pass",
      fixture_set: "default",
      graders: 4,
      artifact_paths: ["regress_result.json", "out/j.xml"],
      output: "regress_result.json",
      junit: "out/j.xml",
      compared_with_itself: ["run_demo"],
    });
    const compared = await gait("run", "--candidate", "run_demo", "--json");
    assert.deepEqual([compared.json.compared_with_itself, compared.json.notes], [undefined, undefined]);
  }));

Deno.test("regress bootstrap --never makes a test of what must not happen again", () =>
  onStage(async ({ gait, files }) => {
    const made = await gait(
      "bootstrap",
      "--from",
      "run_demo",
      "--name",
      "i",
      "--never",
      "tool.search",
      "--json",
    );
    assert.deepEqual(
      [made.code, made.json.top_failure_reason, made.json.never, made.json.warnings.length],
      [5, "forbidden_tool_called", ["tool.search"], 1],
    );
    const document = JSON.parse(new TextDecoder().decode(await files.read("fixtures/i/fixture.json")));
    assert.deepEqual([document.never_tools, document.expected_tool_sequence], [["tool.search"], undefined]);
    assert.equal((await gait("run", "--candidate", "run_demo")).code, 5);
    const kept = await gait("run", "--candidate", "run_other", "--json"); // it does not call tool.search
    assert.deepEqual([kept.code, kept.json.status], [0, "pass"]);
  }));

Deno.test("regress init --must holds beside what a run did that keeps the rules itself", () =>
  onStage(async ({ gait, files }) => {
    const flags = ["--must", "tool.search,tool.fetch", "--must", "tool.summarize", "--never", "wire"];
    const made = await gait("init", "--from", "run_demo", "--name", "f", ...flags, "--json");
    assert.deepEqual(made.json.must, ["tool.fetch", "tool.search", "tool.summarize"]);
    assert.equal(made.json.warnings.length, 1); // the run has no tool "wire"
    assert.equal((await gait("run")).code, 0);
    const other = await gait("run", "--candidate", "run_other", "--json");
    assert.equal(other.code, 5);
    const { graders } = JSON.parse(new TextDecoder().decode(await files.read("regress_result.json")));
    const rules = graders.find(({ name }: { name: string }) => name === "f/tool_rules");
    assert.deepEqual([rules.status, rules.reason_codes, rules.details.required_tools_missing], [
      "fail",
      ["required_tool_missing"],
      ["tool.search"],
    ]);
    await gait("init", "--from", "run_demo", "--name", "f", "--keep", "--never", "pay", "--json");
    const document = JSON.parse(new TextDecoder().decode(await files.read("fixtures/f/fixture.json")));
    assert.deepEqual([document.never_tools, document.must_tools.length], [["pay", "wire"], 3]);
  }));

Deno.test("regress refuses rules that nothing can keep, and names that are empty", () =>
  onStage(async ({ gait, files }) => {
    for (
      const flags of [["--never", "a", "--must", "a"], ["--never", ""], ["--must=a,,b"], ["--never", " "]]
    ) {
      assert.equal((await gait("init", "--from", "run_demo", ...flags)).code, 6, flags.join(" "));
    }
    assert.equal(await files.isFile("gait.yaml"), false);
  }));

Deno.test("regress run --candidate exits with 5, and without error, when another run behaves differently", () =>
  onStage(async ({ gait }) => {
    await gait("init", "--from", "run_demo");
    const same = await gait("run", "--candidate", "run_demo", "--json");
    assert.deepEqual([same.code, same.json.ok, same.json.graders], [0, true, 5]);
    const drift = await gait("run", "--candidate", "run_other", "--json");
    assert.equal(drift.code, 5);
    assert.deepEqual(
      [drift.json.ok, drift.json.status, drift.json.failed, drift.json.top_failure_reason, drift.json.error],
      [false, "fail", 2, "unexpected_diff", undefined],
    );
    assert.match(drift.json.next_command, /^gait run diff /);
    assert.equal((await gait("run", "--candidate", "run_demo=run_other")).code, 5);
    for (const candidate of ["run_nowhere", "nope=run_other", "run_other,run_demo"]) {
      const refused = await gait("run", "--candidate", candidate, "--json");
      assert.deepEqual([refused.code, refused.json.error_code], [6, "invalid_input"], candidate);
    }
  }));

Deno.test("regress bootstrap makes a fixture and holds the candidate to it alone", () =>
  onStage(async ({ gait, files }) => {
    const first = await gait("bootstrap", "--from", "run_other", "--json");
    assert.deepEqual([first.code, first.json.status, first.json.fixture_name], [0, "pass", "run_other"]);
    const second = await gait("bootstrap", "--from", "run_demo", "--candidate", "run_demo", "--json");
    assert.deepEqual([second.code, second.json.status, second.json.run_id], [0, "pass", "run_demo"]);
    const drift = await gait("bootstrap", "--from", "run_demo", "--candidate", "run_other", "--json");
    assert.deepEqual([drift.code, drift.json.failed], [5, 2]);
    const broken = await gait(
      "bootstrap",
      "--from",
      "run_demo",
      "--name",
      "kept",
      "--config",
      "no",
      "--json",
    );
    assert.deepEqual([broken.code, broken.json.fixture_name], [6, undefined]);
    assert.ok(await files.isFile("fixtures/kept/fixture.json"));
  }));

Deno.test("regress init warns when it replaces expectations, and keeps them when asked", () =>
  onStage(async ({ gait }) => {
    await gait("init", "--from", "run_demo", "--name", "f");
    const kept = await gait("init", "--from", "run_other", "--name", "f", "--keep", "--json");
    assert.equal(kept.code, 0);
    assert.equal((await gait("run")).code, 5); // another recording, held to the old expectations
    const replaced = await gait("init", "--from", "run_other", "--name", "f", "--json");
    assert.equal(replaced.json.warnings.length, 1);
    assert.equal((await gait("run")).code, 0);
  }));

Deno.test("regress commands refuse positionals: the first one ends the flags", () =>
  onStage(async ({ gait }) => {
    for (
      const args of [["init", "run_demo"], ["run", "extra"], ["bootstrap", "run_demo", "--from", "run_demo"]]
    ) {
      assert.equal((await gait(...args)).code, 6, args.join(" "));
    }
    assert.equal((await gait("run", "--json", "extra")).json.error_code, "invalid_input");
  }));

Deno.test("regress run reports what failed, at which call, and what to do next", () =>
  onStage(async ({ gait }) => {
    await gait("init", "--from", "run_demo");
    const pass = await gait("run");
    assert.ok(pass.out.startsWith("regress pass"));
    const fail = await gait("run", "--candidate", "run_other");
    assert.ok(fail.out.startsWith("regress fail"));
    for (const part of ["run_demo/trajectory", "unexpected_tool_sequence", "tool.fetch", "next: gait run "]) {
      assert.ok(fail.out.includes(part), part);
    }
  }));
