import assert from "node:assert/strict";
import { entry, FAKE_TABLE, type FakeCli, fakeCli } from "../../tests/support/fake_cli.ts";
import { type AnyCommand, text } from "../commands/define.ts";
import { decided, failure, negative, success } from "../commands/outcome.ts";
import { bad, line } from "../commands/text.ts";
import { EXIT, GaitError, invalidInput, verificationFailed } from "../errors/mod.ts";
import { TABLE } from "../commands/table.ts";
import { withBuiltins } from "./builtins.ts";
import { dispatch } from "./dispatch.ts";

/** Run a line with the given command put in as `probe`. */
async function run(argv: string[], probe: Partial<AnyCommand> = {}, cli?: FakeCli) {
  const context = cli ?? fakeCli({ table: [...FAKE_TABLE, entry("probe", probe)] });
  const status = await dispatch(argv, context);
  return {
    status,
    ...context.printed,
    json: () => JSON.parse(context.printed.out),
    happened: context.happened,
  };
}

Deno.test("dispatch() prints one JSON object with --json and lines without", async () => {
  const probe = { run: () => Promise.resolve(success({ answer: 42 }, [line("answer: 42")])) };
  const json = await run(["probe", "--json"], probe);
  assert.equal(json.status, 0);
  assert.match(json.out, /^\{"answer":42,"correlation_id":"[0-9a-f]{24}","ok":true\}\n$/);
  const text = await run(["probe"], probe);
  assert.deepEqual([text.status, text.out, text.err], [0, "answer: 42\n", ""]);
});

Deno.test("dispatch() hands flags, positionals, effects and version to the command", async () => {
  const { status, json } = await run(["verify", "-quick", "run_x", "--profile=strict", "--json"]);
  assert.equal(status, 0);
  assert.deepEqual(json().positionals, ["run_x"]);
  assert.deepEqual([json().flags.quick, json().flags.profile], [true, "strict"]);
  assert.equal((await run(["version", "--json"])).json().version, "1.2.3");
});

Deno.test("dispatch() gives up permissions before the command runs, and after the flags were read", async () => {
  const cli = fakeCli({
    table: [entry("probe", {
      needs: { read: true, net: true },
      run: () => {
        cli.happened.push("run");
        return Promise.resolve(success({}, []));
      },
    })],
  });
  await dispatch(["probe"], cli);
  assert.deepEqual(cli.happened, ["narrow net read", "run"]);
});

Deno.test("dispatch() never runs a command whose permissions could not be given up", async () => {
  let ran = false;
  const probe = entry("probe", {
    run: () => {
      ran = true;
      return Promise.resolve(success({}, []));
    },
  });
  const cli = {
    ...fakeCli({ table: [probe] }),
    narrow: () => {
      throw new Error("refused");
    },
  };
  assert.equal(await dispatch(["probe"], cli), EXIT.internal);
  assert.equal(ran, false);
});

Deno.test("dispatch() does nothing else with --explain, before and behind other flags", async () => {
  for (const argv of [["--explain"], ["--bogus", "--explain"], ["--json", "--explain"], ["x", "--explain"]]) {
    const { status, out, happened } = await run(["probe", ...argv, "--json"], {
      run: () => Promise.reject(new Error("ran")),
    });
    assert.deepEqual([status, out, happened], [0, "Explains probe.\n", []]);
  }
});

Deno.test("dispatch() takes --explain and --help as values where values stand", async () => {
  const flags = { ref: text("text", "") };
  const block = () => Promise.resolve(decided(EXIT.policyBlocked, {}, []));
  for (const word of ["--explain", "--help", "--version", "-h"]) {
    for (const args of [["--ref", word], ["-ref", word], ["--ref=" + word]]) {
      const { status, out } = await run(["probe", ...args], { flags, run: block });
      assert.deepEqual([status, out], [EXIT.policyBlocked, ""], args.join(" "));
    }
    const { status } = await run(["probe", "--", word], { positionals: ["[x]"], run: block });
    assert.equal(status, EXIT.policyBlocked, word);
    const after = await run(["probe", "x", word], { flagsFirst: true, run: block });
    assert.equal(after.status, EXIT.invalidInput, word);
  }
});

Deno.test("dispatch() answers --help of a command with success, also with --json, and runs nothing", async () => {
  for (const argv of [["verify", "--help"], ["verify", "a", "b", "c", "--json", "-help"]]) {
    const { status, out, err, happened } = await run(argv);
    assert.deepEqual([status, err, happened], [0, "", []]);
    assert.match(out, /gait verify <run_id\|path>/);
  }
});

Deno.test("dispatch() ignores further words behind version, but no flag", async () => {
  for (const argv of [["version", "x"], ["-v", "x", "-", "y"], ["--version", "x", "--json=false"]]) {
    const { status, out } = await run(argv);
    assert.deepEqual([status, out], [0, "gait 1.2.3\n"]);
  }
  for (const argv of [["version", "--bogus"], ["-v", "---"], ["--version", "x", "-h"]]) {
    const { status, out, err } = await run(argv);
    assert.deepEqual([status, out], [EXIT.invalidInput, ""]);
    assert(err.includes(argv.at(-1)!), err);
  }
});

Deno.test("dispatch() without arguments prints the version first, then commands that exist", async () => {
  const { status, out } = await run([]);
  assert.equal(status, 0);
  const [first, ...next] = out.trimEnd().split("\n");
  assert.equal(first, "gait 1.2.3");
  const names = next.map((text) => text.replace(/^.* gait /, ""));
  assert.equal(names.length, 3);
  for (const name of names) assert.ok(withBuiltins(TABLE).some((entry) => entry.name === name), name);
});

Deno.test("dispatch() prints errors as JSON when --json stands anywhere", async () => {
  const lines = [
    ["verify", "--bogus", "--json"],
    ["verify", "--json", "--bogus"],
    ["verify", "-json"],
    ["verify", "---", "--json=T"],
    ["frobnicate", "x", " --json "],
    ["run", "--json"],
    ["run", "bogus", "--json"],
    ["run", "--help", "--json"],
    ["mcp-verify", "--json"],
    ["--bogus", "--json"],
  ];
  for (const argv of lines) {
    const { status, err, json } = await run(argv);
    assert.deepEqual([status, err], [6, ""], argv.join(" "));
    assert.equal(json().ok, false);
    assert.equal(json().error_code, "invalid_input");
    assert.equal(json().error_category, "invalid_input");
    assert.match(json().correlation_id, /^[0-9a-f]{24}$/);
    assert(json().hint !== "" && json().error !== "");
  }
});

Deno.test("dispatch() takes --json=false at its word", async () => {
  const { status, out, err } = await run(["verify", "a", "b", "--json=false"]);
  assert.deepEqual([status, out], [6, ""]);
  assert.notEqual(err, "");
});

Deno.test("dispatch() prints errors as text on standard error, with a next step", async () => {
  const { status, out, err } = await run(["probe"], {
    run: () => Promise.reject(invalidInput("Cannot read x", { hint: "Do y" })),
  });
  assert.deepEqual([status, out], [6, ""]);
  assert.match(err, /^probe error: Cannot read x\n/);
  assert.match(err, /Do y\n/);
});

Deno.test("dispatch() shows the commands of a group that was named alone", async () => {
  const { status, out, err } = await run(["run", "recrod"]);
  assert.equal(status, 6);
  assert.match(out, /run record/);
  assert.match(err, /gait run record\n/);
  assert.deepEqual([(await run(["run", "--help"])).status, (await run(["run", "--help"])).err], [6, ""]);
  assert.equal((await run(["keys", "--help"])).status, 0);
  assert.equal((await run(["keys", "--help", "--json"])).status, 0);
});

Deno.test("dispatch() keeps the error fields of a command on every error, those of its flags included", async () => {
  const probe: Partial<AnyCommand> = {
    errorFields: { summary: { changed: false } },
    run: () => Promise.reject(verificationFailed("No")),
  };
  assert.deepEqual((await run(["probe", "--json"], probe)).json().summary, { changed: false });
  assert.deepEqual((await run(["probe", "--json", "--bogus"], probe)).json().summary, { changed: false });
});

Deno.test("dispatch() distinguishes a negative verdict from an error", async () => {
  const probe = {
    run: () => Promise.resolve(negative(2, { path: "p" }, [line(bad("verify failed"), ": p")])),
  };
  const text = await run(["probe"], probe);
  assert.deepEqual([text.status, text.out, text.err], [2, "verify failed: p\n", ""]);
  const { status, json } = await run(["probe", "--json"], probe);
  assert.deepEqual([status, json().ok, "error" in json()], [2, false, false]);
});

Deno.test("dispatch() takes the status from the code of an error, in all ways to fail", async () => {
  const error = new GaitError("approval_required", "No");
  for (const run_ of [() => Promise.reject(error), () => Promise.resolve(failure(error))]) {
    assert.equal((await run(["probe"], { run: run_ })).status, 4);
    assert.equal((await run(["probe", "--json"], { run: run_ })).status, 4);
  }
});

Deno.test("dispatch() calls anything else thrown an internal failure: exit 1, never a verdict", async () => {
  const thrown = [new TypeError("x is not a function"), "text", undefined, null, {
    code: "verification_failed",
    exit: 0,
  }];
  for (const what of thrown) {
    const probe: Partial<AnyCommand> = { run: () => Promise.reject(what) };
    const { status, json } = await run(["probe", "--json"], probe);
    assert.deepEqual([status, json().ok, json().error_code], [1, false, "internal_failure"]);
    assert.equal((await run(["probe"], probe)).status, 1);
  }
  const synchronous: Partial<AnyCommand> = {
    run: () => {
      throw new RangeError("deep");
    },
  };
  assert.equal((await run(["probe"], synchronous)).status, 1);
});

Deno.test("dispatch() survives a command that does not load", async () => {
  const broken = { ...entry("probe"), load: () => Promise.reject(new Error("gone")) };
  const cli = fakeCli({ table: [broken] });
  const { status, json } = await run(["probe", "--json"], {}, cli);
  assert.deepEqual([status, json().ok, json().error_code], [1, false, "internal_failure"]);
});

Deno.test("dispatch() escapes what data puts into text", async () => {
  const probe = { run: () => Promise.reject(invalidInput("Cannot read \x1b[2Kverify ok\n")) };
  const { err } = await run(["probe"], probe);
  assert(!err.includes("\x1b"));
  assert.equal(err.split("\n")[0], "probe error: Cannot read \\x1b[2Kverify ok\\x0a");
});
