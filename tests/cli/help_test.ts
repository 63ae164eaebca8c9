import assert from "node:assert/strict";
import { withBuiltins } from "../../lib/cli/builtins.ts";
import { dispatch } from "../../lib/cli/dispatch.ts";
import { groupsOf } from "../../lib/cli/groups.ts";
import { wholeTable } from "../../lib/cli/whole_table.ts";
import { TABLE } from "../../lib/commands/table.ts";
import { fakeCli } from "../support/fake_cli.ts";
import { onStage } from "../support/gait.ts";

Deno.test("gait help says what there is, in all three spellings", async () => {
  await onStage(async ({ gait, files }) => {
    const { code, stdout, stderr } = await gait("help");
    assert.deepEqual([code, stderr], [0, ""]);
    for (const { name, summary } of withBuiltins(TABLE)) {
      assert(stdout.includes(`  ${name} `) && stdout.includes(summary));
    }
    for (const spelling of ["--help", "-h"]) assert.equal((await gait(spelling)).stdout, stdout);
    assert.deepEqual(await files(), []);
  });
});

/** `gait help <topic>` in this process, over the table that the executable has. */
async function helpOf(topic: string): Promise<readonly [code: number, stdout: string, stderr: string]> {
  const cli = fakeCli({ table: wholeTable });
  const code = await dispatch(["help", ...topic.split(" ")], cli);
  return [code, cli.printed.out, cli.printed.err];
}

Deno.test("gait help answers for every command and every group, and says the same as --help", async () => {
  await onStage(async ({ gait }) => {
    const topics = [...withBuiltins(TABLE).map(({ name }) => name), ...groupsOf(TABLE)];
    const overview = (await gait("help")).stdout;
    for (const topic of topics) {
      const [code, stdout, stderr] = await helpOf(topic);
      assert.deepEqual([code, stderr], [0, ""], topic);
      assert(stdout.includes(`gait ${topic}`) && !stdout.endsWith(overview), topic);
    }
    // The executable says the same: of a command alone and in a group, of groups, and of what is built in.
    for (const topic of ["verify", "run record", "keys trust", "keys", "completion"]) {
      const { code, stdout, stderr } = await gait`help ${topic.split(" ")}`;
      assert.deepEqual([code, stdout, stderr], await helpOf(topic), topic);
    }
    const { code, stdout } = await gait`run record --bogus=1 --help`;
    assert.deepEqual([code, stdout], [6, ""]);
    assert.equal((await gait`verify --help`).stdout, (await gait`help verify`).stdout);
  });
});

Deno.test("gait help --json lists the commands as data, or those of a topic, and refuses an unknown topic", async () => {
  await onStage(async ({ gait }) => {
    const names = (json: { commands: { name: string }[] }) => json.commands.map(({ name }) => name);
    const all = await gait`help --json`;
    assert.deepEqual([all.code, all.stderr, all.json.ok], [0, "", true]);
    assert.deepEqual(names(all.json), withBuiltins(TABLE).map(({ name }) => name));
    const one = (await gait`help verify --json`).json.commands;
    assert.deepEqual(names({ commands: one }), ["verify", "verify chain", "verify session-chain"]);
    assert.equal(one[0].usage, "gait verify <run_id|path...> [flags]");
    assert(one[0].flags.some(({ flag }: { flag: string }) => flag.startsWith("--public-key ")));
    assert(names((await gait`help keys --json`).json).every((name) => name.startsWith("keys ")));
    const unknown = await gait`help verfy --json`;
    assert.deepEqual([unknown.code, unknown.json.ok, unknown.json.error_code], [6, false, "invalid_input"]);
  });
});

Deno.test("gait completion and gait man work with the permissions of the executable, which they give up", async () => {
  await onStage(async ({ gait, files }) => {
    for (const shell of ["bash", "zsh", "fish", "powershell"]) {
      const { code, stdout, stderr } = await gait`completion ${shell}`;
      assert.deepEqual([code, stderr], [0, ""]);
      assert(stdout.includes("gait") && stdout.length > 1000);
    }
    const { code, stdout, stderr } = await gait("man");
    assert.deepEqual([code, stderr], [0, ""]);
    assert(stdout.startsWith(".TH GAIT 1 "));
    assert.deepEqual(await files(), []);
  });
});

Deno.test("gait points the way from a mistyped word", async () => {
  await onStage(async ({ gait }) => {
    for (
      const [argv, meant] of [
        [["verfy"], "gait verify"],
        [["run", "recrod"], "gait run record"],
        [["record", "run.json"], "gait run record"],
        [["keys", "trust", "ad"], "gait keys trust add"],
        [["completion", "bsh"], "gait completion bash"],
        [["help", "verfy"], "gait help verify"],
        [["--help", "run", "recrod"], "gait help run record"],
      ] as const
    ) {
      const text = await gait(...argv);
      assert.equal(text.code, 6);
      assert(!text.stdout.includes("Try first"));
      assert(text.stderr.includes(meant));
      const { code, json } = await gait`${argv} --json`;
      assert.deepEqual([code, json.ok, json.error_code], [6, false, "invalid_input"]);
      assert(json.hint.endsWith(meant));
    }
  });
});
