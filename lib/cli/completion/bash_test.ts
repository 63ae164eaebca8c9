import assert from "node:assert/strict";
import { FAKE_TABLE } from "../../../tests/support/fake_cli.ts";
import { onShellStage, type ShellStage } from "../../../tests/support/shell_stage.ts";
import { testUnless, withoutProgram } from "../../../tests/support/test_unless.ts";
import { withBuiltins } from "../builtins.ts";
import { bashScript } from "./bash.ts";
import { completionModel } from "./model.ts";

const SCRIPT = bashScript(await completionModel(withBuiltins(FAKE_TABLE)));

/** Sources the script and completes the last of the given words, as the shell itself does. */
const DRIVER =
  'source ./script; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gait; printf "%s\\n" "${COMPREPLY[@]}"';

const missing = withoutProgram("bash");

type Complete = (...words: string[]) => Promise<string[]>;

async function onBash(test: (complete: Complete, stage: ShellStage) => Promise<void>): Promise<void> {
  await onShellStage("bash", SCRIPT, async (stage) => {
    const complete: Complete = async (...words) => {
      const { code, out, err } = await stage.shell("--norc", "-c", DRIVER, "bash", "gait", ...words);
      assert.deepEqual([code, err], [0, ""]);
      return out.split("\n").filter((line) => line !== "");
    };
    await test(complete, stage);
  });
}

const DEMO_FLAGS = ["--json", "--explain", "--help"];
const SHELLS = ["bash", "zsh", "fish", "powershell"];

testUnless(missing, "bashScript() parses, and asks bash to call it", async () => {
  await onShellStage("bash", SCRIPT, async ({ shell }) => {
    assert.deepEqual(await shell("-n", "script"), { code: 0, out: "", err: "" });
    const { out } = await shell("--norc", "-c", "source ./script; complete -p gait");
    assert.equal(out, "complete -F _gait gait\n");
  });
});

testUnless(missing, "bashScript() completes subcommands at each level", async () => {
  await onBash(async (complete) => {
    assert.deepEqual(await complete("ver"), ["verify", "version"]);
    assert.deepEqual(await complete("run", ""), ["record", "diff"]);
    assert.deepEqual(await complete("keys", "t"), ["trust"]);
    assert.deepEqual(await complete("keys", "trust", ""), ["add", "list"]);
    assert.deepEqual(await complete("help", "keys", ""), ["init", "trust"]);
    assert.deepEqual(await complete("verify", "c"), ["chain"]);
    assert.deepEqual(await complete("verify", "--quick", "c"), []); // words of the command come first
    assert.deepEqual(await complete("frobnicate", ""), []);
  });
});

testUnless(missing, "bashScript() completes the flags of the chosen command", async () => {
  await onBash(async (complete) => {
    assert.deepEqual(await complete("demo", "-"), DEMO_FLAGS);
    assert.deepEqual(await complete("demo", "--"), DEMO_FLAGS);
    assert.deepEqual(await complete("verify", "x", "--p"), ["--profile", "--public-key", "--public-key-env"]);
    assert.deepEqual(await complete("verify", "-q"), ["--quick"]);
    assert.deepEqual(await complete("--v"), ["--version"]);
    assert.deepEqual(await complete("verify", "--", "--p"), []);
  });
});

testUnless(missing, "bashScript() completes the choices of a flag, in every spelling", async () => {
  await onBash(async (complete) => {
    const both = ["standard", "strict"];
    assert.deepEqual(await complete("verify", "--profile", ""), both);
    assert.deepEqual(await complete("verify", "-profile", "str"), ["strict"]);
    // Bash hands --profile=s over as three words, unless = was taken out of COMP_WORDBREAKS.
    assert.deepEqual(await complete("verify", "--profile", "="), both);
    assert.deepEqual(await complete("verify", "--profile", "=", "str"), ["strict"]);
    assert.deepEqual(await complete("verify", "--profile=str"), ["--profile=strict"]);
    assert.deepEqual(await complete("completion", ""), SHELLS);
    assert.deepEqual(await complete("completion", "bash", ""), []);
  });
});

testUnless(missing, "bashScript() completes files, folders, variables and recorded runs", async () => {
  await onBash(async (complete, { write }) => {
    await write("gait-out/runpack_run_demo.zip");
    await write("home/.gait/runpacks/runpack_run_old.zip");
    await write("with blank.json");
    await write("with*star.json");
    const all = async (...words: string[]) => (await complete(...words)).sort();
    assert.deepEqual(await all("run", "record", "with"), ["with blank.json", "with*star.json"]);
    assert.deepEqual(await all("run", "record", "a.json", "with"), []);
    assert.deepEqual(await all("run", "record", "--input", "with"), ["with blank.json", "with*star.json"]);
    assert.deepEqual(await all("run", "record", "--out-dir", ""), ["gait-out", "home"]);
    assert.deepEqual(await all("verify", "run_"), ["run_demo", "run_old"]);
    assert.deepEqual(await all("verify", "--profile", "strict", "run_d"), ["run_demo"]);
    assert.deepEqual(await all("verify", "--profile", "=", "strict", "run_d"), ["run_demo"]);
    assert.deepEqual(await all("run", "diff", "run_demo", "run_o"), ["run_old"]);
    assert.deepEqual(await all("run", "diff", "a", "b", ""), []);
    assert.deepEqual(await all("regress", "init", "a", "b", "with b"), ["with blank.json"]); // repeats
    assert.deepEqual(await all("verify", "--public-key-env", "HOM"), ["HOME"]);
    assert.deepEqual(await all("run", "record", "--input", "--json", "with b"), ["with blank.json"]);
  });
});

testUnless(missing, "bashScript() never offers a run whose name could run something", async () => {
  await onBash(async (complete, { write }) => {
    for (const id of ["$(touch pwned)", "`touch pwned`", "a;touch pwned", "a b", "*"]) {
      await write(`gait-out/runpack_${id}.zip`);
    }
    await write("gait-out/runpack_good.zip");
    assert.deepEqual((await complete("verify", "")).sort(), ["chain", "gait-out", "good", "script"]);
    assert.deepEqual((await complete("verify", "$(touch pwned)")).sort(), []);
    assert.deepEqual(await complete("run", "record", "pwn"), []);
  });
});
