import assert from "node:assert/strict";
import { utf8 } from "../../lib/formats/bytes.ts";
import { sha256 } from "../../lib/signing/mod.ts";
import { onStage, type Stage } from "../support/gait.ts";

const digestOfText = (text: string) => sha256(utf8(text));

/** Record a run of one tool, and replay it for real. */
async function replay(
  { gait, gaitWith, write, path }: Stage,
  tool: string,
  args: object,
  ...flags: string[]
) {
  const intent = { intent_id: "i1", tool_name: tool, args };
  await write(
    "run.json",
    JSON.stringify({ run: { run_id: "r" }, capture_mode: "raw", intents: [intent], results: [] }),
  );
  assert.equal((await gait`run record run.json --capture-mode raw`).code, 0);
  const real = ["--real-tools", "--unsafe-real-tools", "--allow-tools", tool, "--json", ...flags];
  const env = { GAIT_ALLOW_REAL_REPLAY: "1", HOME: path("home") };
  const { json } = await gaitWith({ env }, "run", "replay", "r", ...real);
  return json;
}

Deno.test("run replay executes a command without the profile of whoever replays", () =>
  onStage(async (stage) => {
    await stage.write("home/.profile", "echo from the profile\n");
    const { steps } = await replay(stage, "shell.exec", { command: "printf done" });
    assert.deepEqual([steps[0].status, steps[0].output_digest], ["ok", await digestOfText("done")]);
    assert.equal(steps[0].result_digest, steps[0].output_digest);
  }));

Deno.test("run replay tells what a failed command printed", () =>
  onStage(async (stage) => {
    const { steps } = await replay(stage, "exec", { command: "printf half; exit 3" });
    assert.deepEqual([steps[0].status, steps[0].output_digest], ["error", await digestOfText("half")]);
    assert.equal(steps[0].result_digest, await digestOfText("exit status 3"));
  }));

Deno.test("run replay names arguments that it trims, and keeps them with --exact", () =>
  onStage(async (stage) => {
    const file = { path: "out.txt", content: "a\nb\n" };
    const trimmed = await replay(stage, "fs.write", file);
    assert.equal(await stage.read("out.txt"), "a\nb");
    assert.match(trimmed.notes.join("\n"), /i1.*--exact/);
    const exact = await replay(stage, "fs.write", file, "--exact");
    assert.equal(await stage.read("out.txt"), file.content);
    assert.doesNotMatch((exact.notes ?? []).join("\n"), /--exact/);
    assert.equal(exact.steps[0].result_digest, await digestOfText(file.content));
  }));
