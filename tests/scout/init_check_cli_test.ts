import assert from "node:assert/strict";
import { onStage, type Stage } from "../support/gait.ts";

const TOOLS = "from agents import function_tool\n@function_tool\ndef delete_user(): pass\n" +
  "def update_order(): pass\ndef lookup(): pass\n";

/** Run a suggestion as a person would paste it. */
async function paste({ folder, gait }: Stage, command: string): Promise<void> {
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", `gait() { printf '%s\\0' "$@"; }; ${command}`],
    cwd: folder,
  }).output();
  const args = new TextDecoder().decode(stdout).split("\0").slice(0, -1);
  assert.ok(args.length > 0 && command.startsWith("gait "), command);
  const { code, stderr } = await gait(...args);
  assert.equal(code, 0, `${command}\n${stderr}`);
}

for (const [what, source] of [["tools", TOOLS], ["no tools", "print()\n"]] as const) {
  for (const out of [".gait.yaml", "my policies/it's.yaml", "./-p.yaml"]) {
    Deno.test(`every next command of init and check works in a folder with ${what} and a policy at ${out}`, () =>
      onStage(async (stage) => {
        await stage.write("src/agent.py", source);
        const made = await stage.gait`init --out=${out} --json`;
        assert.equal(made.code, 0, made.stdout);
        const checked = await stage.gait`check --policy=${made.json.policy_path} --json`;
        assert.equal(checked.code, 0, checked.stdout);
        const commands = [...made.json.next_commands, ...checked.json.next_commands];
        assert.ok(commands.length >= 4);
        for (const command of commands) await paste(stage, command);
        const { stdout } = await stage.gait`init --out=${out} --force`;
        for (const command of made.json.next_commands) assert.ok(stdout.includes(command), stdout);
      }));
  }
}

Deno.test("init never overwrites a policy unless it is forced, and then all at once", () =>
  onStage(async ({ gait, write, read, files }) => {
    await write(".gait.yaml", "default_verdict: block\n");
    const refused = await gait`init --json`;
    assert.deepEqual([refused.code, refused.json.ok, refused.json.error_code], [6, false, "invalid_input"]);
    assert.equal(refused.json.contract.repo_policy_path, ".gait.yaml");
    assert.equal(await read(".gait.yaml"), "default_verdict: block\n");
    assert.equal((await gait`init --force`).code, 0);
    assert.deepEqual(await files(), [".gait.yaml"]);
    assert.notEqual(await read(".gait.yaml"), "default_verdict: block\n");
  }));

Deno.test("init replaces a link at the policy's place and writes nothing through it", () =>
  onStage(async ({ gait, write, read, path }) => {
    await write("elsewhere", "mine\n");
    await Deno.symlink("elsewhere", path(".gait.yaml"));
    assert.equal((await gait("init")).code, 6);
    assert.equal((await gait`init --force`).code, 0);
    assert.equal(await read("elsewhere"), "mine\n");
    assert.ok((await Deno.lstat(path(".gait.yaml"))).isFile);
    assert.equal((await Deno.lstat(path(".gait.yaml"))).mode! & 0o777, 0o600);
  }));

for (const out of ["", ".", "../outside.yaml", "a\nb.yaml"]) {
  Deno.test(`init refuses --out ${JSON.stringify(out)} and creates nothing`, () =>
    onStage(async ({ gait, files }) => {
      const { code, json } = await gait`init --out ${out} --json`;
      assert.deepEqual([code, json.ok], [6, false]);
      assert.deepEqual(await files(), []);
    }));
}

Deno.test("init and check fail on an MCP configuration that does not parse, and leave nothing behind", () =>
  onStage(async ({ gait, write, files }) => {
    await write("p.yaml", "");
    for (
      const [name, content] of [["a/.mcp.json", "{"], ["mcp.yaml", "a: [1"], ["mcp.yml", "\t- {"]] as const
    ) {
      await write(name, content);
      for (const args of [["init"], ["check", "--policy", "p.yaml"]]) {
        const { code, json } = await gait`${args} --json`;
        assert.deepEqual([code, json.ok, json.error_code], [6, false, "invalid_input"], name);
      }
      await write(name, name.endsWith("json") ? "{}" : "");
    }
    assert.ok(!(await files()).includes(".gait.yaml"));
    assert.equal((await gait("init")).code, 0);
  }));

Deno.test("check names the policy on every error, also for one in an older language", () =>
  onStage(async ({ gait, write }) => {
    await write("old.yaml", "version: 1\n");
    await write("bad.yaml", "rules: {");
    for (const policy of ["old.yaml", "bad.yaml", "missing.yaml", " ", "."]) {
      const { code, json } = await gait`check --policy ${policy} --json`;
      assert.deepEqual([code, json.ok, json.policy_path], [6, false, policy]);
      assert.equal(json.migration !== undefined, policy === "old.yaml");
    }
  }));

Deno.test("links in a circle, pipes, huge files, bytes that are no text and deep folders neither break nor hang a survey", () =>
  onStage(async ({ gait, write, path }) => {
    await write("src/agent.py", TOOLS);
    await Deno.symlink("..", path("src/up"));
    await Deno.symlink("loop.py", path("loop.py"));
    await Deno.symlink("/dev/zero", path("zero.py"));
    assert.ok((await new Deno.Command("mkfifo", { args: [path("pipe.py")] }).output()).success);
    const huge = await Deno.open(path("huge.py"), { write: true, create: true });
    await huge.truncate(2 ** 40);
    huge.close();
    await write("bytes.py", new Uint8Array([0xff, 0xfe, 0x00, 0x40]));
    await write(`${"d/".repeat(80)}deep.py`, TOOLS.replace("delete_user", "delete_deep"));
    const { code, json } = await gait`init --json`;
    assert.equal(code, 0);
    assert.deepEqual(json.detection.tool_names, ["delete_user", "lookup", "update_order"]);
    assert.equal(json.warnings.length, 2, json.warnings);
  }));

Deno.test("names of files and tools reach neither the policy nor a terminal raw", () =>
  onStage(async ({ gait, write, read }) => {
    await write("a\ndefault_verdict: allow\n#\u001b[31m.py", "tools=[]\n");
    const { code, stdout } = await gait`init --template low`;
    assert.equal(code, 0);
    // deno-lint-ignore no-control-regex -- they are what it looks for
    assert.doesNotMatch(stdout, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    assert.doesNotMatch(await read(".gait.yaml"), /^default_verdict: allow\n#/m);
    assert.equal(
      (await gait`policy validate .gait.yaml --json`).json.policy_digest.slice(0, 8),
      "aa9e4371",
    );
  }));
