import assert from "node:assert/strict";
import { entry, FAKE_TABLE } from "../../../tests/support/fake_cli.ts";
import { onShellStage } from "../../../tests/support/shell_stage.ts";
import { testUnless, withoutProgram } from "../../../tests/support/test_unless.ts";
import { zshCompletions } from "../../../tests/support/zsh_completion.ts";
import { bool } from "../../commands/define.ts";
import { dispatch } from "../dispatch.ts";
import { fakeCli } from "../../../tests/support/fake_cli.ts";
import { withBuiltins } from "../builtins.ts";
import { completionModel } from "./model.ts";
import { isShell, SCRIPTS, SHELLS } from "./shells.ts";

/** Prose that would break out of a quoted text. */
const HOSTILE = `it's "quoted" \`id\` $(touch pwned) \${HOME} \\ : [x] ; | % ‘typographic’ end`;
const TABLE = withBuiltins([...FAKE_TABLE, {
  ...entry("probe", { flags: { loud: bool(HOSTILE) } }),
  summary: HOSTILE,
}]);
const places = await completionModel(TABLE);

for (const shell of SHELLS) {
  Deno.test(`SCRIPTS.${shell}() names every command word and every flag`, () => {
    const script = SCRIPTS[shell](places);
    for (const { children, flags } of places) {
      for (const { word } of children) assert(script.includes(word), word);
      for (const { name } of flags) {
        assert(script.includes(shell === "fish" ? `-l ${name} ` : `--${name}`), name);
      }
    }
  });

  Deno.test(`SCRIPTS.${shell}() is always the same, and survives the renderer`, async () => {
    const script = SCRIPTS[shell](places);
    assert.equal(script, SCRIPTS[shell](await completionModel(TABLE)));
    assert(script.endsWith("\n"));
    const cli = fakeCli({ table: TABLE });
    assert.equal(await dispatch(["completion", shell], cli), 0);
    assert.equal(cli.printed.out, script);
    assert.deepEqual(cli.happened, ["narrow read"]);
  });
}

Deno.test("gait completion gives the script as a member with --json", async () => {
  const cli = fakeCli({ table: TABLE });
  assert.equal(await dispatch(["completion", "fish", "--json"], cli), 0);
  const { ok, shell, script } = JSON.parse(cli.printed.out);
  assert.deepEqual([ok, shell, script], [true, "fish", SCRIPTS.fish(places)]);
});

Deno.test("gait completion refuses another shell and says which one was meant", async () => {
  for (const [typed, meant] of [["bsh", "bash"], ["Fish", "fish"], ["pwershell", "powershell"]]) {
    const cli = fakeCli({ table: TABLE });
    assert.equal(await dispatch(["completion", typed!, "--json"], cli), 6);
    const { error_code, hint } = JSON.parse(cli.printed.out);
    assert.equal(error_code, "invalid_input");
    assert(hint.endsWith(` ${meant}`));
  }
  assert.equal(await dispatch(["completion"], fakeCli({ table: TABLE })), 6);
  assert.equal(await dispatch(["completion", "tcsh"], fakeCli({ table: TABLE })), 6);
  for (const name of ["__proto__", "toString", "", "BASH"]) assert(!isShell(name));
});

for (const shell of ["zsh", "fish"] as const) {
  testUnless(withoutProgram(shell), `SCRIPTS.${shell}() parses in its shell`, async () => {
    await onShellStage(shell, SCRIPTS[shell](places), async ({ shell: run }) => {
      assert.deepEqual(await run("-n", "script"), { code: 0, out: "", err: "" });
    });
  });
}

/** What is typed, and what is offered behind it, in a folder with a run and a key. */
const OFFERED = new Map([
  ["gait run ", ["diff", "record"]],
  ["gait keys trust ", ["add", "list"]],
  ["gait verify --p", ["--profile", "--public-key", "--public-key-env"]],
  ["gait verify --profile s", ["standard", "strict"]],
  ["gait verify --public-key k", ["key.pub"]],
  ["gait verify run_", ["run_demo"]],
  ["gait completion ", ["bash", "fish", "powershell", "zsh"]],
  ["gait demo ", []],
  ["gait help keys ", ["init", "trust"]],
]);

testUnless(
  withoutProgram("fish"),
  "SCRIPTS.fish() completes words, flags, choices, runs and files",
  async () => {
    await onShellStage("fish", SCRIPTS.fish(places), async ({ shell: run, write }) => {
      await write("gait-out/runpack_run_demo.zip");
      await write("key.pub");
      for (const [typed, offered] of OFFERED) {
        const { out } = await run("--no-config", "-c", `source script; complete -C '${typed}'`);
        const words = out.split("\n").map((line) => line.split("\t")[0]!).filter((word) => word !== "");
        assert.deepEqual(words.sort(), offered, typed);
      }
    });
  },
);

testUnless(
  withoutProgram("zsh"),
  "SCRIPTS.zsh() completes words, flags, choices, runs and files",
  async () => {
    await onShellStage("zsh", SCRIPTS.zsh(places), async (stage) => {
      await stage.write("gait-out/runpack_run_demo.zip");
      await stage.write("key.pub");
      assert.deepEqual(await zshCompletions(stage, [...OFFERED.keys()]), OFFERED);
    });
  },
);

Deno.test("SCRIPTS.powershell() leaves no quote, brace or bracket open", () => {
  // Comments and single-quoted texts (a doubled quote stands for itself) take no part.
  const code = SCRIPTS.powershell(places).replace(/^\s*#.*$/gm, "").replace(
    /'(?:[^'\u2018-\u201b]|['\u2018-\u201b]{2})*'/g,
    "",
  );
  const open: string[] = [];
  const pairs: Record<string, string> = { ")": "(", "}": "{", "]": "[" };
  for (const char of code.replace(/"[^"]*"/g, "")) {
    if ("({[".includes(char)) open.push(char);
    else if (Object.hasOwn(pairs, char)) assert.equal(open.pop(), pairs[char]);
    assert(!"'\u2018\u2019\u201a\u201b".includes(char));
  }
  assert.deepEqual(open, []);
  assert(!code.includes("pwned"));
});
