/** Where output goes: files that are full, pipes that nobody reads, terminals of every kind. */
import assert from "node:assert/strict";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";

/** A command line for `sh`, with the launcher as `$0`. */
async function sh({ folder }: Stage, command: string, env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", command, `${repository}bin/gait`],
    cwd: folder,
    env: { NO_COLOR: "1", HOME: folder, ...env },
    stdin: "null",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out!, err: err! };
}

/** Where a terminal is told to change colours. */
const ESCAPE = "\x1b";

const TRACE_OF_STACK = /\n\s+at |Uncaught|os error/;

for (
  const command of [
    "verify run_demo --json",
    "verify run_demo",
    "help",
    "verify --help",
    "verify --explain",
    "completion bash",
    "verify nowhere --json",
    "run inspect run_demo",
  ]
) {
  Deno.test(`gait ${command} ends with 1 and a line where its output does not fit`, () =>
    onStage(async (stage) => {
      await stage.gait("demo");
      const { code, err } = await sh(stage, `"$0" ${command} >/dev/full`);
      assert.equal(code, 1);
      assert.doesNotMatch(err, TRACE_OF_STACK);
      assert.match(err.split("\n")[0]!, /standard output/);
      // Nobody can be told: the status is all that is left.
      assert.equal((await sh(stage, `"$0" ${command} >/dev/full 2>/dev/full`)).code, 1);
    }));
}

Deno.test("gait ends quietly when its reader goes away", () =>
  onStage(async (stage) => {
    await stage.gait("demo");
    for (const command of ["verify run_demo --json", "help", "man", "completion zsh"]) {
      const { code, err } = await sh(stage, `"$0" ${command} | head -c 1; exit \${PIPESTATUS[0]}`);
      assert.deepEqual([code, err], [0, ""], command);
    }
    const refused = await sh(stage, `"$0" verify nowhere --json | true; exit \${PIPESTATUS[0]}`);
    assert.deepEqual([refused.code, refused.err], [6, ""]);
  }));

Deno.test("gait loses an error message, but not its status, where standard error is full or closed", () =>
  onStage(async (stage) => {
    for (const to of ["/dev/full", "&-"]) {
      assert.equal((await sh(stage, `"$0" verify nowhere 2>${to}`)).code, 6, to);
    }
  }));

Deno.test("gait colours for a terminal, not for TERM=dumb, NO_COLOR or a file", () =>
  onStage(async (stage) => {
    const onTerminal = async (command: string, env: Record<string, string>) =>
      (await sh(stage, `script -qec "\\"$0\\" ${command}" /dev/null`, env)).out;
    if ((await sh(stage, "command -v script")).code !== 0) {
      console.log("skipped: no script here");
      return;
    }
    const terminal = { TERM: "xterm", NO_COLOR: "" };
    for (const command of ["help", "verify nowhere"]) {
      assert.ok((await onTerminal(command, terminal)).includes(ESCAPE), command);
      for (const plain of [{ ...terminal, TERM: "dumb" }, { ...terminal, NO_COLOR: "1" }]) {
        assert.ok(!(await onTerminal(command, plain)).includes(ESCAPE), command);
      }
    }
    // Each stream by itself: what goes into a file stays plain while the other one is a terminal.
    await onTerminal("verify nowhere 2>errors", terminal);
    assert.ok(!(await stage.read("errors")).includes(ESCAPE));
    await onTerminal("help >output", terminal);
    assert.ok(!(await stage.read("output")).includes(ESCAPE));
  }));

Deno.test("gait breaks help between words at the width of the terminal, and nowhere in a file", () =>
  onStage(async (stage) => {
    if ((await sh(stage, "command -v script && command -v stty")).code !== 0) {
      console.log("skipped: no script or stty here");
      return;
    }
    for (const command of ["help", "verify --help", "gate eval --help"]) {
      const whole = (await sh(stage, `"$0" ${command}`)).out;
      const inColumns = (columns: number) =>
        sh(stage, `script -qec "stty cols ${columns}; \\"$0\\" ${command}" /dev/null`, { TERM: "xterm" });
      const narrow = (await inColumns(80)).out.replaceAll("\r", "");
      assert.deepEqual(narrow.split(/\s+/), whole.split(/\s+/), command);
      const longest = Math.max(
        ...narrow.split("\n").filter((line) => !/gait \w|<\w/.test(line)).map(({ length }) => length),
      );
      assert.ok(longest <= 80, `${command}: ${longest}`);
      assert.equal((await inColumns(500)).out.replaceAll("\r", ""), whole, command);
    }
  }));
